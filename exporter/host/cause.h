// SPDX-License-Identifier: Apache-2.0
// Why the kernel probably refused a hook, in words that say what to do.
#pragma once

#include <string>
#include <string_view>

#include "host/facts.h"

namespace packetdrop {

// `mechanism` as in Refusal, `code` an errno value, `libbpf` its words where it came that far.
std::string likely_cause(const HostFacts& facts, std::string_view mechanism, int code,
                         std::string_view libbpf = {});

}  // namespace packetdrop
