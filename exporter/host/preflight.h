// SPDX-License-Identifier: Apache-2.0
// Turns host facts into findings: one row a check, with what to do where it bites.
#pragma once

#include <vector>

#include "base/result.h"
#include "host/facts.h"
#include "model/finding.h"

namespace packetdrop {

// Which sources may count. A check that none of them needs is left out.
struct WantedSources {
  bool bpf = true;
  bool kmod = true;
  bool switches_kmod = false;  // the module is asked for, and not only where BPF cannot count
};

std::vector<Finding> run_preflight(const HostFacts& facts, WantedSources wanted);

// Why BPF cannot be used: `error`, and where the kernel refused for want of capabilities, first of
// all which, and what to do.
Error with_missing_capabilities(const HostFacts& facts, Error error);

}  // namespace packetdrop
