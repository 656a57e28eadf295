// SPDX-License-Identifier: Apache-2.0
// The wall-clock time of boot.
#include "base/boot_time.h"

#include <cstdlib>
#include <ctime>

namespace packetdrop {
namespace {

using std::chrono::nanoseconds;

// Two clocks cannot be read at the same moment; a smaller difference is noise.
constexpr nanoseconds kTolerance = std::chrono::milliseconds(10);

nanoseconds now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

}  // namespace

// The wall clock is read between two readings of CLOCK_BOOTTIME. The scheduler may interrupt that,
// so the attempt with the shortest interval counts.
nanoseconds BootClock::measure_offset() {
  nanoseconds best_gap = nanoseconds::max();
  nanoseconds offset{};
  for (int attempt = 0; attempt < 4 && best_gap > kTolerance / 10; attempt++) {
    const nanoseconds before = now(CLOCK_BOOTTIME);
    const nanoseconds wall = now(CLOCK_REALTIME);
    const nanoseconds gap = now(CLOCK_BOOTTIME) - before;
    if (gap >= best_gap) continue;
    best_gap = gap;
    offset = wall - before - gap / 2;
  }
  return offset;
}

nanoseconds BootClock::since_boot() { return now(CLOCK_BOOTTIME); }

std::chrono::system_clock::time_point BootClock::boot_time() {
  const nanoseconds measured = offset_();
  nanoseconds last(last_.load(std::memory_order_relaxed));
  if (last == nanoseconds(0) || std::chrono::abs(measured - last) >= kTolerance) {
    last = measured;
    last_.store(last.count(), std::memory_order_relaxed);
  }
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(last));
}

std::chrono::system_clock::time_point boot_time() {
  static BootClock clock;
  return clock.boot_time();
}

}  // namespace packetdrop
