// SPDX-License-Identifier: Apache-2.0
// When this host booted, on the clock of the wall.
#pragma once

#include <chrono>
#include <ctime>

namespace packetdrop {

// What the kernel dates by CLOCK_BOOTTIME is that much later. Taken anew for each reading: the
// clock of the wall may be set meanwhile.
inline std::chrono::system_clock::time_point boot_time() {
  timespec since_boot{};
  clock_gettime(CLOCK_BOOTTIME, &since_boot);
  return std::chrono::system_clock::now() - std::chrono::seconds(since_boot.tv_sec) -
         std::chrono::nanoseconds(since_boot.tv_nsec);
}

}  // namespace packetdrop
