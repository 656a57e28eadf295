// SPDX-License-Identifier: Apache-2.0
// Decides which request computes a password next. Only one does at a time, so places in the queue
// and turns are shared between networks: guessing must not lock others out.
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

// Thread-safe. Order of networks: first those that succeeded before, then unknown ones, then those
// that failed, the earliest failure first. In a full queue a network takes the place of one that
// ranks behind it. A pause follows each failure. Networks that failed before wait for it at once;
// the others only after many failures (`head_start`).
class TurnQueue {
 public:
  using Clock = std::chrono::steady_clock;

  struct Limits {
    int places = 16;  // of all networks together; half of the server's workers
    int pause = 9;    // multiple of the CPU time of the failed attempt
    // Total pause that networks without a failure skip: about 65 attempts at bcrypt cost 10, 8 at
    // the highest cost. In the long run all failures together take 1 / (1 + pause) of one CPU.
    Clock::duration head_start = std::chrono::seconds(30);
    Clock::duration longest_wait = std::chrono::seconds(8);  // the usual scrape timeout is 10 s
  };
  // Networks remembered: this many that succeeded, and this many that failed.
  static constexpr std::size_t kNetworks = 1024;

  TurnQueue() : TurnQueue(Limits{}) {}
  explicit TurnQueue(const Limits& limits) : limits_(limits) {}

  // The right to compute, for the thread that waited for it. The destructor passes it on. The
  // attempt counts as failed unless succeed() or skip() was called.
  class Turn {
   public:
    Turn(TurnQueue& queue, std::string network) : queue_(queue), network_(std::move(network)) {}
    ~Turn() { queue_.end(*this); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

    void succeed() { result_ = Attempt::kRight; }
    void skip() { result_ = Attempt::kNone; }  // nothing was computed

   private:
    friend TurnQueue;
    enum class Attempt { kNone, kRight, kWrong };
    TurnQueue& queue_;
    const std::string network_;
    bool is_taken_ = false;
    std::chrono::nanoseconds cpu_at_start_{0};
    Attempt result_ = Attempt::kWrong;
  };

  // Waits for a turn. Null if the queue has no place for `network`, if its place was taken, or
  // after the longest wait.
  std::unique_ptr<Turn> wait(const std::string& network);

  // From now on wait() returns null, in waiting threads too.
  void stop();

  int waiting() const;

 private:
  // Lower ranks go first: succeeded, unknown, then the number of the last failure.
  using Rank = std::uint64_t;
  static constexpr Rank kRight = 0;
  static constexpr Rank kUnknown = 1;

  struct Waiting {
    std::string network;
    Rank rank;
    bool displaced = false;
  };
  using Places = std::list<Waiting>;  // oldest first

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
