// SPDX-License-Identifier: Apache-2.0
// The names of the sources, once: the "source" label, ?source= and --source.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/text.h"

namespace packetdrop {

inline constexpr std::string_view kBpf = "bpf";    // BPF programs
inline constexpr std::string_view kKmod = "kmod";  // the module drop_packet

// In order of preference.
inline constexpr std::array<std::string_view, 2> kSourceNames = {kBpf, kKmod};

// Selects every source.
inline constexpr std::string_view kAllSources = "all";

// What selects sources, for an error text: "bpf, kmod or all".
inline std::string source_choice() {
  return join(kSourceNames, ", ").append(" or ").append(kAllSources);
}

}  // namespace packetdrop
