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
#include <string>
#include <utility>

namespace packetdrop {

// Thread-safe. A failure is followed by a pause for all. A network without a recent failure goes
// first, and takes the place of one that has failed where the queue is full.
class TurnQueue {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr int kPlaces = 8;                     // of all networks together
  static constexpr std::size_t kFailedNetworks = 1024;  // that are remembered
  static constexpr int kPause = 9;  // times the CPU time that the failed attempt took

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

  // Waits for a turn of `network`; null where there is no place to wait in, or no longer one.
  std::unique_ptr<Turn> wait(const std::string& network);

  // Nobody waits from here on: who does gets null now.
  void stop();

  int waiting() const;

 private:
  struct Waiting {
    std::string network;
    std::uint64_t failed;  // number of the network's last failure; 0: none that is remembered
    bool displaced = false;
  };
  using Places = std::list<Waiting>;  // the oldest first

  Waiting newcomer(const std::string& network) const;
  int places_of(const std::string& network) const;
  bool make_place_for(const Waiting& newcomer);
  Places::const_iterator next() const;
  bool wait_in(Places::iterator place, std::unique_lock<std::mutex>& lock);
  void end(const Turn& turn);
  void note_failure(const std::string& network);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Places places_;
  std::map<std::string, std::uint64_t> failed_;
  std::uint64_t failures_ = 0;
  Clock::time_point not_before_{};
  bool taken_ = false;
  bool stopped_ = false;
};

}  // namespace packetdrop
