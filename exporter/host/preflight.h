// SPDX-License-Identifier: Apache-2.0
// Turns host facts into findings: one row per check, with what to do if it fails.
#pragma once

#include <vector>

#include "base/result.h"
#include "host/facts.h"
#include "model/finding.h"

namespace packetdrop {

// Which sources may count. A check that none of them needs is omitted.
struct WantedSources {
  bool bpf = true;
  bool kmod = true;
  bool switches_kmod =
      false;  // the module is requested explicitly, not only as the fallback of BPF
};

std::vector<Finding> run_preflight(const HostFacts& facts, WantedSources wanted);

// Why BPF cannot be used: `error`, preceded by the missing capabilities and what to do if these are
// why the kernel refused.
Error with_missing_capabilities(const HostFacts& facts, Error error);

}  // namespace packetdrop
