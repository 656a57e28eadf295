// SPDX-License-Identifier: Apache-2.0
// Reads one source on its own thread.
#include "control/source_reader.h"

#include <spdlog/fmt/fmt.h>

#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

namespace packetdrop {
namespace {

// An exception, such as no memory, fails this reading only.
Result<Snapshot> try_read(Source& source) {
  try {
    return source.read();
  } catch (const std::exception& problem) {
    return Error{.code = ENOMEM, .message = problem.what()};
  }
}

}  // namespace

struct SourceReader::Shared {
  explicit Shared(std::shared_ptr<Source> read) : source(std::move(read)) {}

  const std::shared_ptr<Source> source;
  std::mutex mutex;
  std::condition_variable asked;     // the thread waits on it
  std::condition_variable answered;  // callers wait on it
  bool end = false;
  bool stopping = false;
  bool given_up = false;     // a caller timed out waiting for the running read
  std::uint64_t wanted = 0;  // the number of the last reading requested
  std::uint64_t begun = 0;
  std::uint64_t done = 0;
  Clock::time_point start;              // of the reading number `begun`
  std::shared_ptr<const Reading> last;  // the reading number `done`
};

SourceReader::SourceReader(std::shared_ptr<Source> source)
    : shared_(std::make_shared<Shared>(std::move(source))) {
  std::thread([shared = shared_] { run(shared); }).detach();
}

SourceReader::~SourceReader() {
  std::unique_lock lock(shared_->mutex);
  shared_->end = true;
  shared_->asked.notify_one();
  // Wait until the thread has released the source: its owner may destroy what the source uses.
  if (!shared_->given_up)
    shared_->answered.wait(lock, [&] { return shared_->begun == shared_->done; });
}

void SourceReader::run(const std::shared_ptr<Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  while (true) {
    shared->asked.wait(
        lock, [&] { return shared->end || (shared->wanted > shared->done && !shared->stopping); });
    if (shared->end) return;
    shared->begun++;
    const Clock::time_point start = shared->start = Clock::now();
    lock.unlock();
    Result<Snapshot> snapshot = try_read(*shared->source);
    const std::chrono::duration<double> seconds = Clock::now() - start;
    auto reading = std::make_shared<const Reading>(
        Reading{.snapshot = std::move(snapshot), .seconds = seconds.count()});
    lock.lock();
    shared->last = std::move(reading);
    shared->done = shared->begun;
    shared->given_up = false;
    shared->answered.notify_all();
  }
}

SourceReader::Ticket SourceReader::ask() {
  const std::lock_guard lock(shared_->mutex);
  shared_->wanted = shared_->begun + 1;
  shared_->asked.notify_one();
  return shared_->wanted;
}

SourceReader::Reading SourceReader::wait(Ticket ticket, Clock::time_point deadline) {
  std::unique_lock lock(shared_->mutex);
  const auto is_answered = [&] { return shared_->done >= ticket || shared_->stopping; };
  if (!shared_->answered.wait_until(lock, deadline, is_answered) || shared_->done < ticket) {
    shared_->given_up |= !shared_->stopping;
    const std::chrono::duration<double> seconds = Clock::now() - shared_->start;
    return {.snapshot = Error{.code = ETIMEDOUT,
                              .message = fmt::format("{} has not answered for {:.1f} s",
                                                     shared_->source->name(), seconds.count())},
            .seconds = seconds.count()};
  }
  const std::shared_ptr<const Reading> last = shared_->last;
  lock.unlock();
  return *last;
}

void SourceReader::stop(std::chrono::milliseconds timeout) {
  std::unique_lock lock(shared_->mutex);
  shared_->stopping = true;
  shared_->answered.notify_all();
  shared_->given_up |=
      !shared_->answered.wait_for(lock, timeout, [&] { return shared_->begun == shared_->done; });
}

bool SourceReader::stuck() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->given_up;
}

}  // namespace packetdrop
