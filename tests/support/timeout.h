// SPDX-License-Identifier: Apache-2.0
// Timeouts of tests, scaled for slow machines.
#pragma once

#include <chrono>
#include <cstdlib>

namespace packetdrop {

// `timeout` times $PACKETDROP_TIMEOUT_FACTOR (1 where it is not set). A debugging kernel takes
// several times as long for everything.
inline std::chrono::milliseconds scaled(std::chrono::milliseconds timeout) {
  const char* factor = std::getenv("PACKETDROP_TIMEOUT_FACTOR");
  return timeout * (factor ? std::atoi(factor) : 1);
}

}  // namespace packetdrop
