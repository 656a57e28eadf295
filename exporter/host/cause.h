// SPDX-License-Identifier: Apache-2.0
// Why attaching a hook probably failed, and what to do about it.
#pragma once

#include <string>
#include <string_view>

#include "host/facts.h"

namespace packetdrop {

// `mechanism` as in Refusal, `code` an errno value, `libbpf` its message, if it got that far.
std::string likely_cause(const HostFacts& facts, std::string_view mechanism, int code,
                         std::string_view libbpf = {});

}  // namespace packetdrop
