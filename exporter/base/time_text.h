// SPDX-License-Identifier: Apache-2.0
// Times of the wall clock as text, in UTC, whole seconds.
#pragma once

#include <chrono>
#include <string>

namespace packetdrop {

// As strftime(3) has it.
std::string time_text(std::chrono::system_clock::time_point time, const char* format);

// RFC 3339, as the JSON API has every time.
inline std::string rfc3339(std::chrono::system_clock::time_point time) {
  return time_text(time, "%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace packetdrop
