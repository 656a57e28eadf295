// SPDX-License-Identifier: Apache-2.0
// Version, revision and compiler of this build; set when CMake configures.
#pragma once

#include <string_view>

namespace packetdrop {

struct BuildInfo {
  std::string_view version;   // project version
  std::string_view revision;  // git commit, "unknown" outside a checkout
  std::string_view compiler;
  std::string_view repository;  // where to report bugs; empty if unknown
};

const BuildInfo& build_info();

}  // namespace packetdrop
