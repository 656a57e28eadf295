// SPDX-License-Identifier: Apache-2.0
// BPF on one hook: the exporter plans for all of them, and of its plan one candidate is loaded.
#include <bpf/libbpf.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "bench/empty_program.h"
#include "bench/kernel/way.h"
#include "bench/report.h"
#include "sources/bpf/attach.h"
#include "sources/bpf/misses.h"

namespace packetdrop::bench {
namespace {

// The production program, in the flavour that the exporter would take.
class Counting : public Attached {
 public:
  Counting(pd_hook hook, const Candidate& candidate, bool may_cast, bool atomic)
      : hook_(hook),
        maps_(must(Maps::create(must(possible_cpus({}))))),
        object_(load(candidate, may_cast, atomic)) {
    for (const Step& step : candidate.steps)
      links_.push_back(must(object_.attach(step, candidate.mechanism)));
    object_.set_gate(1);
  }

  std::uint64_t packets() const override {
    Snapshot snapshot;
    maps_.counters.read_into(snapshot);
    std::uint64_t sum = 0;
    for (const Counters& counters : snapshot.counters[hook_]) sum += counters.packets;
    return sum;
  }

 private:
  Object load(const Candidate& candidate, bool may_cast, bool atomic) const {
    const Candidate* wanted[] = {&candidate};
    ObjectOptions options{
        .flavour = Flavour::kRdonlyCast, .btf = {}, .kernel = {.atomic = atomic, .reasons = false}};
    if (may_cast)
      if (auto object = Object::load(options, wanted, maps_)) return *std::move(object);
    options.flavour = Flavour::kProbeRead;
    return must(Object::load(options, wanted, maps_));
  }

  pd_hook hook_;
  Maps maps_;
  Object object_;
  std::vector<Link> links_;
};

class Empty : public Attached {
 public:
  explicit Empty(const Candidate& candidate) : programs_(must(load_empty(candidate))) {
    for (const EmptyProgram& program : programs_) links_.push_back(must(program.attach()));
  }
  std::uint64_t packets() const override { return 0; }

 private:
  std::vector<EmptyProgram> programs_;
  std::vector<UniqueFd> links_;
};

class BpfWay : public Way {
 public:
  BpfWay(pd_hook hook, Candidate candidate, bool may_cast, bool atomic)
      : hook_(hook), candidate_(std::move(candidate)), may_cast_(may_cast), atomic_(atomic) {}

  std::string mechanism() const override { return std::string(to_string(candidate_.mechanism)); }
  std::unique_ptr<Attached> attach_empty() const override {
    return std::make_unique<Empty>(candidate_);
  }
  std::unique_ptr<Attached> attach_counting() const override {
    return std::make_unique<Counting>(hook_, candidate_, may_cast_, atomic_);
  }

 private:
  pd_hook hook_;
  Candidate candidate_;
  bool may_cast_;
  bool atomic_;
};

// The candidate that the exporter has attached: its kprobes go to a body that it looked up.
Candidate attached_candidate(const ProbeInfo& hook, BpfAttach attach, const ProbeState& state) {
  for (Candidate& candidate : candidates(hook, attach, Mechanism::kTpBtf)) {
    if (to_string(candidate.mechanism) != state.mechanism) continue;
    if (!state.target.starts_with(candidate.target)) continue;
    candidate.target = state.target;
    candidate.steps.back().target = state.target;
    return candidate;
  }
  return must(Result<Candidate>(Error{.code = 0, .message = "no candidate " + state.target}));
}

NamedWays ways_of(const std::string& name, BpfAttach attach, const KernelBtf& btf) {
  const BpfOptions options{.attach = attach};
  const HostFacts facts = gather_host_facts({});
  const Maps maps = must(Maps::create(must(possible_cpus({}))));
  ProbeStates states;
  must(attach_probes({.options = options, .facts = facts, .btf = btf, .maps = maps}, states));

  std::vector<std::optional<Candidate>> chosen;
  for (const ProbeInfo& hook : hooks()) {
    const ProbeState& state = states[hook.id];
    chosen.emplace_back();
    if (state.attached) chosen.back() = attached_candidate(hook, attach, state);
  }
  // Where one of them needs atomic adds, the exporter loads all with them.
  const bool atomic = std::ranges::any_of(
      chosen, [&](const auto& one) { return one && may_nest(one->mechanism, btf); });

  NamedWays named{.name = name, .ways = {}};
  for (const ProbeInfo& hook : hooks()) {
    const auto& candidate = chosen[hook.id];
    named.ways.push_back(
        candidate ? std::make_unique<BpfWay>(hook.hook(), *candidate, btf.has_rdonly_cast, atomic)
                  : nullptr);
  }
  return named;
}

}  // namespace

std::vector<NamedWays> bpf_ways() {
  libbpf_set_print(nullptr);
  const KernelBtf btf = must(load_kernel_btf(true, ""));
  std::vector<NamedWays> all;
  all.push_back(ways_of("bpf auto", BpfAttach::kAuto, btf));
  all.push_back(ways_of("bpf kprobe", BpfAttach::kKprobe, btf));
  all.push_back(ways_of("bpf fentry", BpfAttach::kFentry, btf));
  all.push_back(ways_of("bpf tracepoint", BpfAttach::kTracepoint, btf));
  return all;
}

}  // namespace packetdrop::bench
