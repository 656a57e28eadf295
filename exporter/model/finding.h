// SPDX-License-Identifier: Apache-2.0
// What the host allows, as found at start: one finding per row of the preflight table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace packetdrop {

// The check of what only the module needs.
inline constexpr std::string_view kModulesCheck = "modules";

struct Finding {
  std::string_view check;  // the "check" label; lives as long as the program
  std::optional<bool> ok;  // nothing: not known here
  std::string detail;      // what was seen
  std::string remedy;      // what to do where it is not ok; empty where it is
};

}  // namespace packetdrop
