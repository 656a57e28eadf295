// SPDX-License-Identifier: Apache-2.0
// Wall-clock times as text, in UTC, in whole seconds.
#pragma once

#include <chrono>
#include <string>

namespace packetdrop {

// `format` is one of strftime(3).
std::string time_text(std::chrono::system_clock::time_point time, const char* format);

// RFC 3339, the format of every time in the JSON API.
inline std::string rfc3339(std::chrono::system_clock::time_point time) {
  return time_text(time, "%Y-%m-%dT%H:%M:%SZ");
}

}  // namespace packetdrop
