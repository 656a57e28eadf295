// SPDX-License-Identifier: Apache-2.0
// The ways in which each hook could be attached, best first.
#include "sources/bpf/candidate.h"

#include "model/drop.h"

namespace packetdrop {
namespace {

std::string program(Mechanism mechanism, std::string_view name) {
  return std::string(to_string(mechanism)) + "_" + std::string(name);
}

Candidate on_function(const HookInfo& hook, Mechanism mechanism, std::string_view symbol) {
  return {.mechanism = mechanism,
          .target = std::string(symbol),
          .exact = true,
          .steps = {{.program = program(mechanism, hook.label), .target = std::string(symbol)}}};
}

Candidate on_tracepoint(const HookInfo& hook, Mechanism mechanism, std::string_view name,
                        bool exact) {
  return {.mechanism = mechanism,
          .target = std::string(name),
          .exact = exact,
          .steps = {{.program = program(mechanism, hook.label), .target = std::string(name)}}};
}

// net_dev_xmit needs what net_dev_start_xmit saw of the skb, so that one goes first.
Candidate on_transmit_pair(const HookInfo& hook, Mechanism mechanism) {
  Candidate candidate = on_tracepoint(hook, mechanism, hook.label, true);
  candidate.steps.insert(
      candidate.steps.begin(),
      {.program = program(mechanism, "net_dev_start_xmit"), .target = "net_dev_start_xmit"});
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

Candidate drop_candidate(Mechanism tracepoint) {
  return {.mechanism = tracepoint,
          .target = std::string(kDropTracepoint),
          .exact = true,
          .steps = {{.program = program(tracepoint, kDropTracepoint),
                     .target = std::string(kDropTracepoint)}}};
}

std::vector<Candidate> candidates(const HookInfo& hook, BpfAttach attach, Mechanism tracepoint) {
  if (hook.kind == HookKind::kTracepoint) return {on_transmit_pair(hook, tracepoint)};

  std::vector<Candidate> list;
  const auto add_stand_in = [&](StandInKind kind) {
    if (hook.stand_in_kind == kind &&
        (attach == BpfAttach::kAuto || attach == BpfAttach::kTracepoint))
      list.push_back(on_tracepoint(hook, tracepoint, hook.stand_in, kind == StandInKind::kExact));
  };
  const auto add_functions = [&](Mechanism mechanism, BpfAttach forced) {
    if (attach != BpfAttach::kAuto && attach != forced) return;
    for (const std::string_view symbol : hook.symbols)
      list.push_back(on_function(hook, mechanism, symbol));
  };
  add_stand_in(StandInKind::kExact);
  add_functions(Mechanism::kFentry, BpfAttach::kFentry);
  add_functions(Mechanism::kKprobe, BpfAttach::kKprobe);
  add_stand_in(StandInKind::kInexact);
  return list;
}

}  // namespace packetdrop
