// SPDX-License-Identifier: Apache-2.0
// The ways in which each hook could be attached, best first.
#pragma once

#include <string>
#include <vector>

#include "config/options.h"
#include "model/hook.h"

namespace packetdrop {

enum class Mechanism { kFentry, kKprobe, kTpBtf, kRawTp };

std::string_view to_string(Mechanism mechanism);

// One program and the function or tracepoint that it goes to.
struct Step {
  std::string program;  // in bpf/packetdrop.bpf.c
  std::string target;
};

// One way to attach one hook. Its steps are attached in this order, or none of them is.
struct Candidate {
  Mechanism mechanism;
  std::string target;  // of the hook itself
  bool exact = false;
  std::vector<Step> steps;
};

// In the order in which they are to be tried. The bodies of a kprobe's function are not known yet:
// its one step has the plain name. `tracepoint`: as which a tracepoint is taken on this kernel.
std::vector<Candidate> candidates(const HookInfo& hook, BpfAttach attach, Mechanism tracepoint);

// The one way to learn of drops.
Candidate drop_candidate(Mechanism tracepoint);

}  // namespace packetdrop
