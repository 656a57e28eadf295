// SPDX-License-Identifier: Apache-2.0
// As many as the bucket holds, and one more each interval, for every interval and burst.
#include "web_config/rate_limiter.h"

#include <gtest/gtest.h>

#include <limits>

namespace packetdrop {
namespace {

using namespace std::chrono_literals;
using std::chrono::hours;

constexpr RateLimiter::Clock::time_point kNow{hours(24)};
constexpr int kMost = std::numeric_limits<int>::max();

TEST(RateLimiter, allows_a_burst_and_then_one_each_interval) {
  RateLimiter limiter;
  const RateLimit limit{.burst = 2, .interval = 1s};
  EXPECT_TRUE(limiter.allow(limit, kNow));
  EXPECT_TRUE(limiter.allow(limit, kNow));
  EXPECT_FALSE(limiter.allow(limit, kNow));
  EXPECT_TRUE(limiter.allow(limit, kNow + 1s));
  EXPECT_FALSE(limiter.allow(limit, kNow + 1s));
}

TEST(RateLimiter, long_intervals_and_large_bursts_do_not_overflow) {
  for (const auto interval : {hours(1), hours(24 * 365), hours(99 * 365 * 24)})
    for (const int burst : {1, 2, 100, 3'000'000, kMost}) {
      RateLimiter limiter;
      const RateLimit limit{.burst = burst, .interval = interval};
      const int allowed = std::min(burst, 2);
      for (int i = 0; i < allowed; i++)
        EXPECT_TRUE(limiter.allow(limit, kNow)) << interval.count() << " h, burst " << burst;
      if (burst <= allowed) {
        EXPECT_FALSE(limiter.allow(limit, kNow)) << interval.count() << " h, burst " << burst;
      }
    }
}

}  // namespace
}  // namespace packetdrop
