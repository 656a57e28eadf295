// SPDX-License-Identifier: Apache-2.0
// When this host booted, by the wall clock.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace packetdrop {

// Turns times of CLOCK_BOOTTIME into wall clock times. The result follows the wall clock when that
// is set, and else does not change from call to call, so that it can be published. Thread-safe.
class BootClock {
 public:
  // The time that the wall clock is ahead of CLOCK_BOOTTIME, measured now.
  using Offset = std::chrono::nanoseconds (*)();
  static std::chrono::nanoseconds measure_offset();

  // The time of CLOCK_BOOTTIME now.
  static std::chrono::nanoseconds since_boot();

  explicit BootClock(Offset offset = measure_offset) : offset_(offset) {}

  std::chrono::system_clock::time_point boot_time();

 private:
  const Offset offset_;
  std::atomic<std::int64_t> last_ = 0;  // nanoseconds; 0: not measured yet
};

// Of one clock for the whole process.
std::chrono::system_clock::time_point boot_time();

}  // namespace packetdrop
