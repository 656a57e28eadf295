// SPDX-License-Identifier: Apache-2.0
// The wall-clock time of boot.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace packetdrop {

// Converts CLOCK_BOOTTIME to wall-clock time. The result changes only when the wall clock is set,
// so that it is the same in every scrape. Thread-safe.
class BootClock {
 public:
  // Wall clock minus CLOCK_BOOTTIME, measured now.
  using Offset = std::chrono::nanoseconds (*)();
  static std::chrono::nanoseconds measure_offset();

  // CLOCK_BOOTTIME now.
  static std::chrono::nanoseconds since_boot();

  explicit BootClock(Offset offset = measure_offset) : offset_(offset) {}

  std::chrono::system_clock::time_point boot_time();

 private:
  const Offset offset_;
  std::atomic<std::int64_t> last_ = 0;  // nanoseconds; 0: not measured yet
};

// From the one BootClock of this process.
std::chrono::system_clock::time_point boot_time();

}  // namespace packetdrop
