// SPDX-License-Identifier: Apache-2.0
// Who computes a password next. One request at a time does, so whoever guesses must not keep others
// from it: places in the queue and turns are shared out by network.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace packetdrop {

// Thread-safe. A network that was right before goes first, then one that is not known, then the one
// whose last failure was the earliest; in that order they also take each other's places where the
// queue is full. Failures are followed by pauses: for whoever failed before at once, for the others
// when many strangers have failed (`head_start`).
class TurnQueue {
 public:
  using Clock = std::chrono::steady_clock;

  struct Limits {
    int places = 16;  // of all networks together; half of the server's workers
    int pause = 9;    // times the CPU time that the failed attempt took
    // Pauses that who has not failed before need not wait for: some 65 attempts at bcrypt cost 10,
    // 8 at the highest cost. In the long run all failures together have 1 / (1 + pause) of one CPU.
    Clock::duration head_start = std::chrono::seconds(30);
    Clock::duration longest_wait = std::chrono::seconds(8);  // a scrape commonly has 10 s
  };
  // That are remembered: so many that were right, and so many that have failed.
  static constexpr std::size_t kNetworks = 1024;

  TurnQueue() : TurnQueue(Limits{}) {}
  explicit TurnQueue(const Limits& limits) : limits_(limits) {}

  // The right to compute, on the thread that waited for it; its end passes it on. The attempt
  // failed unless it is said otherwise.
  class Turn {
   public:
    Turn(TurnQueue& queue, std::string network) : queue_(queue), network_(std::move(network)) {}
    ~Turn() { queue_.end(*this); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    void succeed() { result_ = Attempt::kRight; }
    void skip() { result_ = Attempt::kNone; }  // nothing had to be computed

   private:
    friend TurnQueue;
    enum class Attempt { kNone, kRight, kWrong };
    TurnQueue& queue_;
    const std::string network_;
    bool is_taken_ = false;
    std::chrono::nanoseconds cpu_at_start_{0};
    Attempt result_ = Attempt::kWrong;
  };

  // Waits for a turn of `network`; null where there is no place to wait in, or no longer one, and
  // after the longest wait.
  std::unique_ptr<Turn> wait(const std::string& network);

  // Nobody waits from here on: who does gets null now.
  void stop();

  int waiting() const;

 private:
  // The lower, the sooner: who was right, who is not known, and then by the number of the last
  // failure.
  using Rank = std::uint64_t;
  static constexpr Rank kRight = 0;
  static constexpr Rank kUnknown = 1;

  struct Waiting {
    std::string network;
    Rank rank;
    bool displaced = false;
  };
  using Places = std::list<Waiting>;  // the oldest first

  Rank rank_of(const std::string& network) const;
  int places_of(const std::string& network) const;
  bool make_place_for(const Waiting& newcomer);
  Places::const_iterator next() const;
  Clock::time_point earliest(const Waiting& waiting) const;
  bool wait_in(Places::iterator place, std::unique_lock<std::mutex>& lock);
  void end(const Turn& turn);
  void note_success(const std::string& network);
  void note_failure(const std::string& network);
  void set_rank(const std::string& network, Rank rank);

  const Limits limits_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Places places_;
  std::set<std::string> right_;
  std::map<std::string, Rank> failed_;
  Rank last_failure_ = kUnknown;
  Clock::time_point paused_until_{};
  bool taken_ = false;
  bool stopped_ = false;
};

}  // namespace packetdrop
