// SPDX-License-Identifier: Apache-2.0
// Decides which request computes a password next.
#include "web_config/turn_queue.h"

#include <algorithm>
#include <ctime>
#include <new>
#include <tuple>

namespace packetdrop {
namespace {

// CPU time of this thread, so that load on the machine does not lengthen the pause.
std::chrono::nanoseconds cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

TurnQueue::Rank TurnQueue::rank_of(const std::string& network) const {
  if (right_.contains(network)) return kRight;
  const auto found = failed_.find(network);
  return found == failed_.end() ? kUnknown : found->second;
}

int TurnQueue::places_of(const std::string& network) const {
  return static_cast<int>(std::ranges::count_if(places_, [&](const Waiting& waiting) {
    return waiting.network == network && !waiting.displaced;
  }));
}

// A network may have as many places as are free, the rule that Admission has for connections. If it
// may not take a free one, it displaces a network with more places or one that ranks behind it.
bool TurnQueue::make_place_for(const Waiting& newcomer) {
  const int own = places_of(newcomer.network);
  int used = 0;
  auto worst = places_.end();
  std::tuple<int, Rank> worst_rank{own + 1, newcomer.rank};
  for (auto place = places_.begin(); place != places_.end(); ++place) {
    if (place->displaced) continue;
    used++;
    const std::tuple rank{places_of(place->network), place->rank};
    if (place->network == newcomer.network || rank <= worst_rank) continue;
    worst = place;
    worst_rank = rank;
  }
  if (own < limits_.places - used) return true;
  if (own > 0 || worst == places_.end()) return false;
  worst->displaced = true;
  changed_.notify_all();
  return true;
}

TurnQueue::Places::const_iterator TurnQueue::next() const {
  auto best = places_.end();
  for (auto place = places_.begin(); place != places_.end(); ++place)
    if (!place->displaced && (best == places_.end() || place->rank < best->rank)) best = place;
  return best;
}

TurnQueue::Clock::time_point TurnQueue::earliest(const Waiting& waiting) const {
  return waiting.rank > kUnknown ? paused_until_ : paused_until_ - limits_.head_start;
}

bool TurnQueue::wait_in(Places::iterator place, std::unique_lock<std::mutex>& lock) {
  const Clock::time_point deadline = Clock::now() + limits_.longest_wait;
  while (!stopped_ && !place->displaced && Clock::now() < deadline) {
    if (taken_ || next() != place)
      changed_.wait_until(lock, deadline);
    else if (const auto start = earliest(*place); Clock::now() < start)
      changed_.wait_until(lock, std::min(start, deadline));
    else
      return true;
  }
  return false;
}

std::unique_ptr<TurnQueue::Turn> TurnQueue::wait(const std::string& network) {
  auto turn = std::make_unique<Turn>(*this, network);
  std::unique_lock lock(mutex_);
  const Waiting waiting{.network = network, .rank = rank_of(network)};
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
  try {
    if (turn.result_ == Turn::Attempt::kRight) note_success(turn.network_);
    if (turn.result_ == Turn::Attempt::kWrong) {
      const auto pause = limits_.pause * (cpu_time() - turn.cpu_at_start_);
      paused_until_ = std::max(paused_until_, Clock::now()) + pause;
      note_failure(turn.network_);
    }
  } catch (const std::bad_alloc&) {
    // Out of memory: the result is not remembered; a destructor must not throw.
  }
  changed_.notify_all();
}

void TurnQueue::note_success(const std::string& network) {
  failed_.erase(network);
  if (right_.size() >= kNetworks) right_.erase(right_.begin());
  right_.insert(network);
  set_rank(network, kRight);
}

void TurnQueue::note_failure(const std::string& network) {
  right_.erase(network);
  failed_[network] = ++last_failure_;
  set_rank(network, last_failure_);
  if (failed_.size() > kNetworks)
    failed_.erase(
        std::ranges::min_element(failed_, {}, [](const auto& entry) { return entry.second; }));
}

void TurnQueue::set_rank(const std::string& network, Rank rank) {
  for (Waiting& waiting : places_)
    if (waiting.network == network) waiting.rank = rank;
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
