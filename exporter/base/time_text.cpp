// SPDX-License-Identifier: Apache-2.0
// Wall-clock times as text, in UTC, in whole seconds.
#include "base/time_text.h"

#include <array>
#include <ctime>

namespace packetdrop {

std::string time_text(std::chrono::system_clock::time_point time, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), format, &utc)};
}

}  // namespace packetdrop
