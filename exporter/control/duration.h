// SPDX-License-Identifier: Apache-2.0
// Parses the ttl of an activation.
#pragma once

#include <chrono>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

inline constexpr std::chrono::milliseconds kShortestTtl = std::chrono::seconds(1);
inline constexpr std::chrono::milliseconds kLongestTtl = std::chrono::days(7);

// A duration in Prometheus' format (1h30m, 90s, 1d), from kShortestTtl to kLongestTtl. The error
// says what is expected.
Result<std::chrono::milliseconds> parse_ttl(std::string_view text);

}  // namespace packetdrop
