// SPDX-License-Identifier: Apache-2.0
// The ways to attach each probe, best first.
#pragma once

#include <string>
#include <vector>

#include "config/options.h"
#include "model/probe.h"

namespace packetdrop {

enum class Mechanism { kFentry, kKprobe, kTpBtf, kRawTp };

std::string_view to_string(Mechanism mechanism);

// One program and the function or tracepoint that it goes to.
struct Step {
  std::string program;  // in bpf/packetdrop.bpf.c
  std::string target;
};

// One way to attach one probe. Its steps are attached in this order, or none of them is.
struct Candidate {
  Mechanism mechanism;
  std::string target;  // of the probe itself
  bool exact = false;
  std::vector<Step> steps;
};

// In the order in which they are tried. The clones of a kprobe's function are not known yet: its
// one step has the plain name. `tracepoint`: the mechanism for tracepoints on this kernel.
std::vector<Candidate> candidates(const ProbeInfo& probe, BpfAttach attach, Mechanism tracepoint);

}  // namespace packetdrop
