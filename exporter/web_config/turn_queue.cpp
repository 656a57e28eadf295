// SPDX-License-Identifier: Apache-2.0
// Who computes a password next.
#include "web_config/turn_queue.h"

#include <algorithm>
#include <ctime>
#include <new>
#include <tuple>

namespace packetdrop {
namespace {

// Of this thread: what others do to a busy machine makes no pause longer.
std::chrono::nanoseconds cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

TurnQueue::Waiting TurnQueue::newcomer(const std::string& network) const {
  const auto found = failed_.find(network);
  return {.network = network, .failed = found == failed_.end() ? 0 : found->second};
}

int TurnQueue::places_of(const std::string& network) const {
  return static_cast<int>(std::ranges::count_if(places_, [&](const Waiting& waiting) {
    return waiting.network == network && !waiting.displaced;
  }));
}

// A network has as many places as are left free, as it has connections. Where it may not have one
// of those, it takes one of the network that has more of them, or that has failed later.
bool TurnQueue::make_place_for(const Waiting& newcomer) {
  const int own = places_of(newcomer.network);
  int used = 0;
  auto worst = places_.end();
  std::tuple<int, std::uint64_t> worst_rank{own + 1, newcomer.failed};
  for (auto place = places_.begin(); place != places_.end(); ++place) {
    if (place->displaced) continue;
    used++;
    const std::tuple rank{places_of(place->network), place->failed};
    if (place->network == newcomer.network || rank <= worst_rank) continue;
    worst = place;
    worst_rank = rank;
  }
  if (own < kPlaces - used) return true;
  if (own > 0 || worst == places_.end()) return false;
  worst->displaced = true;
  changed_.notify_all();
  return true;
}

TurnQueue::Places::const_iterator TurnQueue::next() const {
  auto best = places_.end();
  for (auto place = places_.begin(); place != places_.end(); ++place)
    if (!place->displaced && (best == places_.end() || place->failed < best->failed)) best = place;
  return best;
}

bool TurnQueue::wait_in(Places::iterator place, std::unique_lock<std::mutex>& lock) {
  while (!stopped_ && !place->displaced) {
    if (taken_ || next() != place)
      changed_.wait(lock);
    else if (Clock::now() < not_before_)
      changed_.wait_until(lock, not_before_);
    else
      return true;
  }
  return false;
}

std::unique_ptr<TurnQueue::Turn> TurnQueue::wait(const std::string& network) {
  auto turn = std::make_unique<Turn>(*this, network);
  std::unique_lock lock(mutex_);
  const Waiting waiting = newcomer(network);
  if (stopped_ || !make_place_for(waiting)) return nullptr;
  const auto place = places_.insert(places_.end(), waiting);
  const bool mine = wait_in(place, lock);
  places_.erase(place);
  changed_.notify_all();
  if (!mine) return nullptr;
  taken_ = true;
  turn->is_taken_ = true;
  turn->cpu_at_start_ = cpu_time();
  return turn;
}

void TurnQueue::end(const Turn& turn) {
  if (!turn.is_taken_) return;
  const std::lock_guard lock(mutex_);
  taken_ = false;
  if (turn.result_ == Turn::Attempt::kRight) failed_.erase(turn.network_);
  if (turn.result_ == Turn::Attempt::kWrong) {
    not_before_ = Clock::now() + kPause * (cpu_time() - turn.cpu_at_start_);
    try {
      note_failure(turn.network_);
    } catch (const std::bad_alloc&) {
      // Without memory its next attempt is one among many; a destructor must not throw.
    }
  }
  changed_.notify_all();
}

void TurnQueue::note_failure(const std::string& network) {
  failed_[network] = ++failures_;
  for (Waiting& waiting : places_)
    if (waiting.network == network) waiting.failed = failures_;
  if (failed_.size() > kFailedNetworks)
    failed_.erase(
        std::ranges::min_element(failed_, {}, [](const auto& entry) { return entry.second; }));
}

void TurnQueue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

int TurnQueue::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(places_.size());
}

}  // namespace packetdrop
