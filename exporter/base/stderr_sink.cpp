// SPDX-License-Identifier: Apache-2.0
// Writes log lines to stderr and never waits for its reader.
#include "base/stderr_sink.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <string>

namespace packetdrop {
namespace {

// Lines dropped since the last report, by all sinks: they share one stderr.
std::atomic<std::uint64_t> dropped = 0;

// A pipe that poll() reports as writable has room for PIPE_BUF bytes (pipe(7)); a file always has.
// The descriptor stays blocking: other processes may share it and expect that.
bool write_unless_it_blocks(std::string_view text) {
  while (!text.empty()) {
    pollfd stream{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    if (::poll(&stream, 1, 0) <= 0 || (stream.revents & POLLOUT) == 0) return false;
    const ssize_t written =
        ::write(STDERR_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written < 0 && errno != EINTR) return false;
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return true;
}

}  // namespace

bool StderrSink::write_message(const spdlog::details::log_msg& message) {
  spdlog::memory_buf_t line;
  formatter_->format(message, line);
  return write_unless_it_blocks({line.data(), line.size()});
}

void StderrSink::sink_it_(const spdlog::details::log_msg& message) {
  if (const std::uint64_t count = counts_ ? dropped.load() : 0; count > 0) {
    const std::string text = std::to_string(count) + " log lines were dropped: nobody read them";
    if (write_message({message.logger_name, spdlog::level::warn, text})) dropped -= count;
  }
  if (!write_message(message)) dropped++;
}

}  // namespace packetdrop
