// SPDX-License-Identifier: Apache-2.0
// The ways to attach each probe, best first.
#include "sources/bpf/candidate.h"

namespace packetdrop {
namespace {

std::string program(Mechanism mechanism, std::string_view name) {
  return std::string(to_string(mechanism)) + "_" + std::string(name);
}

Candidate at(const ProbeInfo& probe, Mechanism mechanism, std::string_view target, bool exact) {
  return {.mechanism = mechanism,
          .target = std::string(target),
          .exact = exact,
          .steps = {{.program = program(mechanism, probe.label), .target = std::string(target)}}};
}

Candidate at_tracepoint(const ProbeInfo& probe, Mechanism mechanism) {
  Candidate candidate = at(probe, mechanism, probe.targets[0], true);
  // net_dev_xmit needs what net_dev_start_xmit saw of the skb, so that one goes first.
  if (probe.kind == PD_KIND_XMIT_PAIR)
    candidate.steps.insert(candidate.steps.begin(), {.program = program(mechanism, kXmitBegins),
                                                     .target = std::string(kXmitBegins)});
  return candidate;
}

}  // namespace

std::string_view to_string(Mechanism mechanism) {
  switch (mechanism) {
    case Mechanism::kFentry:
      return "fentry";
    case Mechanism::kKprobe:
      return "kprobe";
    case Mechanism::kTpBtf:
      return "tp_btf";
    case Mechanism::kRawTp:
      break;
  }
  return "raw_tp";
}

std::vector<Candidate> candidates(const ProbeInfo& probe, BpfAttach attach, Mechanism tracepoint) {
  if (probe.kind != PD_KIND_FUNCTION) return {at_tracepoint(probe, tracepoint)};

  std::vector<Candidate> list;
  const auto add_fallback = [&](pd_fallback fallback) {
    if (probe.fallback_exact == fallback &&
        (attach == BpfAttach::kAuto || attach == BpfAttach::kTracepoint))
      list.push_back(at(probe, tracepoint, probe.fallback, fallback == PD_FALLBACK_EXACT));
  };
  const auto add_functions = [&](Mechanism mechanism, BpfAttach forced) {
    if (attach != BpfAttach::kAuto && attach != forced) return;
    for (const std::string_view function : probe.targets)
      list.push_back(at(probe, mechanism, function, true));
  };
  add_fallback(PD_FALLBACK_EXACT);
  add_functions(Mechanism::kFentry, BpfAttach::kFentry);
  add_functions(Mechanism::kKprobe, BpfAttach::kKprobe);
  add_fallback(PD_FALLBACK_INEXACT);
  return list;
}

}  // namespace packetdrop
