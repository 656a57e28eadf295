// SPDX-License-Identifier: Apache-2.0
// Drops as a source tells them: how many skbs, why, where, of which family and protocol.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace packetdrop {

// Label values: kUnknown is a name that could not be resolved, kOther did not fit.
inline constexpr std::string_view kUnknown = "unknown";
inline constexpr std::string_view kOther = "other";

// The reason of a kernel that gives none, which is every one before 5.17.
inline constexpr std::string_view kNotSpecified = "NOT_SPECIFIED";

struct Drop {
  std::string function;     // that dropped: plain, without clone suffix and module
  std::string reason;       // as the running kernel names it
  std::size_t key = 0;      // enum pd_key
  std::uint64_t count = 0;  // skbs
  std::chrono::system_clock::time_point since = {};  // of the first one
};

}  // namespace packetdrop
