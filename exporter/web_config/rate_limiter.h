// SPDX-License-Identifier: Apache-2.0
// A token bucket: a burst at once, then one request per interval.
#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

#include "web_config/web_config.h"

namespace packetdrop {

// Thread-safe.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;

  // Whether one more request is within `limit`, which may differ from the last call's.
  bool allow(const RateLimit& limit, Clock::time_point now = Clock::now()) {
    if (limit.interval.count() == 0) return true;
    const std::lock_guard lock(mutex_);
    // When the bucket was, or would have been, empty; advances by one interval per request.
    empty_ = std::max(empty_, now - time_to_fill(limit));
    if (empty_ + limit.interval > now) return false;
    empty_ += limit.interval;
    return true;
  }

 private:
  // burst × interval may exceed the range of the clock: limit it.
  static std::chrono::nanoseconds time_to_fill(const RateLimit& limit) {
    constexpr auto kLongest = std::chrono::nanoseconds::max();
    return limit.burst > kLongest / limit.interval ? kLongest : limit.interval * limit.burst;
  }

  std::mutex mutex_;
  Clock::time_point empty_ = Clock::time_point::min();
};

}  // namespace packetdrop
