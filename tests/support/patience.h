// SPDX-License-Identifier: Apache-2.0
// How long a test waits for what must come, in a world of its usual speed.
#pragma once

#include <chrono>
#include <cstdlib>

namespace packetdrop {

// `limit` times $PACKETDROP_PATIENCE: a kernel that watches itself takes several times as long.
inline std::chrono::milliseconds patient(std::chrono::milliseconds limit) {
  const char* factor = std::getenv("PACKETDROP_PATIENCE");
  return limit * (factor ? std::atoi(factor) : 1);
}

}  // namespace packetdrop
