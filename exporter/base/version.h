// SPDX-License-Identifier: Apache-2.0
// What was built, from what, by what; set when CMake configures.
#pragma once

#include <string_view>

namespace packetdrop {

struct BuildInfo {
  std::string_view version;   // project version
  std::string_view revision;  // git commit, "unknown" outside a checkout
  std::string_view compiler;
  std::string_view repository;  // where bugs are reported; empty while nobody knows
};

const BuildInfo& build_info();

}  // namespace packetdrop
