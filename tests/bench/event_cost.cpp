// SPDX-License-Identifier: Apache-2.0
// What one event costs: the run time that the kernel keeps of each production program, less that of
// an empty program on the same attach point, under the same packets.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <map>
#include <optional>
#include <utility>

#include "bench/empty_program.h"
#include "bench/report.h"
#include "host/facts.h"
#include "lab/netns.h"
#include "lab/sender.h"
#include "model/drop.h"
#include "sources/bpf/candidate.h"
#include "sources/bpf/kernel_btf.h"
#include "sources/bpf/misses.h"
#include "sources/bpf/object.h"

namespace packetdrop::bench {
namespace {

constexpr int kSamples = 5;
constexpr int kDatagrams = 300'000;
constexpr std::size_t kPayload = 64;

struct Runs {
  std::uint64_t ns = 0;
  std::uint64_t count = 0;
};

Runs runs_of(int program_fd) {
  bpf_prog_info info{};
  __u32 size = sizeof(info);
  if (bpf_obj_get_info_by_fd(program_fd, &info, &size) != 0) return {};
  return {.ns = info.run_time_ns, .count = info.run_cnt};
}

// ns per run between two looks; nothing where it did not see the datagrams.
std::optional<double> per_run(const Runs& before, const Runs& after) {
  if (after.count - before.count < kDatagrams) return std::nullopt;
  return static_cast<double>(after.ns - before.ns) /
         static_cast<double>(after.count - before.count);
}

// One way to attach one hook, with what it is compared to.
struct Measured {
  Candidate candidate;
  std::vector<EmptyProgram> empty;  // one a step
};

// Every way of attaching that this kernel allows, but for kprobes, which have no cheap empty twin.
// Functions that have an exact fallback are never attached otherwise.
std::vector<Measured> measurable() {
  std::vector<Measured> chosen;
  for (const ProbeInfo& hook : probes())
    for (Candidate& candidate : candidates(hook, BpfAttach::kAuto, Mechanism::kTpBtf)) {
      if (candidate.mechanism == Mechanism::kKprobe) continue;
      if (candidate.mechanism == Mechanism::kFentry && hook.fallback_exact == PD_FALLBACK_EXACT)
        continue;
      auto empty = load_empty(candidate);
      if (empty)
        chosen.push_back({.candidate = std::move(candidate), .empty = *std::move(empty)});
      else
        std::printf("not measured: %s\n", empty.error().message.c_str());
    }
  return chosen;
}

class Bench {
 public:
  Bench(const KernelBtf& btf, const Maps& maps)
      : btf_(btf),
        maps_(maps),
        measured_(measurable()),
        ns_(must(lab::NetNs::create())),
        nobody_(must(lab::NetNs::create())) {
    must(ns_.ip("link set lo up"));
    sink_ = must(lab::open_sink(ns_));
    must(nobody_.ip("link set lo up"));
  }

  void run(Flavour flavour, const std::string& name, double bound) const {
    const Object object = load(flavour);
    object.set_gate(1);
    sample(object);  // warms up
    std::map<const Step*, std::vector<double>> samples;
    for (int i = 0; i < kSamples; i++)
      for (const auto& [step, ns] : sample(object)) samples[step].push_back(ns);
    for (const Measured& measured : measured_)
      report_candidate(measured.candidate, samples, name, bound);
  }

 private:
  Object load(Flavour flavour) const {
    std::vector<const Candidate*> wanted;
    bool atomic = false;
    for (const Measured& measured : measured_) {
      wanted.push_back(&measured.candidate);
      atomic |= may_nest(measured.candidate.mechanism, btf_);
    }
    return must(Object::load({.flavour = flavour,
                              .btf = {},
                              .kernel = {.atomic = atomic, .reasons = btf_.drops_tell_reasons}},
                             wanted, maps_));
  }

  // The programs of all steps, each with its empty twin.
  std::vector<std::pair<const Step*, std::pair<Runs, Runs>>> look(const Object& object) const {
    std::vector<std::pair<const Step*, std::pair<Runs, Runs>>> all;
    for (const auto& [candidate, empty] : measured_)
      for (std::size_t i = 0; i < empty.size(); i++) {
        const Step& step = candidate.steps[i];
        all.push_back({&step, {runs_of(object.program_fd(step)), runs_of(empty[i].fd())}});
      }
    return all;
  }

  // ns above empty of each step that the datagrams come by. Which of two programs runs first finds
  // caches cold, the kernel's own too: so half of it is measured in either order.
  std::map<const Step*, double> sample(const Object& object) const {
    auto costs = round(object, true);
    const auto other = round(object, false);
    for (auto& [step, ns] : costs) ns = (ns + other.at(step)) / 2;
    return costs;
  }

  std::map<const Step*, double> round(const Object& object, bool empty_first) const {
    std::vector<UniqueFd> empty_links;
    std::vector<Link> links;
    for (const auto& [candidate, empty] : measured_)
      for (std::size_t i = 0; i < empty.size(); i++) {
        if (empty_first) empty_links.push_back(must(empty[i].attach()));
        links.push_back(must(object.attach(candidate.steps[i], candidate.mechanism)));
        if (!empty_first) empty_links.push_back(must(empty[i].attach()));
      }

    const auto before = look(object);
    must(lab::send_datagrams(ns_, "127.0.0.1", kPayload, kDatagrams));
    must(lab::drop_datagrams(nobody_, "127.0.0.1", kDatagrams));
    const auto after = look(object);

    std::map<const Step*, double> costs;
    for (std::size_t i = 0; i < before.size(); i++) {
      const auto full = per_run(before[i].second.first, after[i].second.first);
      const auto empty = per_run(before[i].second.second, after[i].second.second);
      if (full && empty) costs[before[i].first] = *full - *empty;
    }
    return costs;
  }

  // An event of a hook with two programs costs what both of them cost.
  static void report_candidate(const Candidate& candidate,
                               const std::map<const Step*, std::vector<double>>& samples,
                               const std::string& flavour, double bound) {
    std::vector<double> sums(kSamples, 0);
    std::string targets;
    for (const Step& step : candidate.steps) {
      const auto found = samples.find(&step);
      if (found == samples.end()) return;  // these packets do not come by there
      for (std::size_t i = 0; i < sums.size(); i++) sums[i] += found->second.at(i);
      targets += (targets.empty() ? "" : "+") + step.target;
      if (candidate.steps.size() > 1)
        report({.name = flavour + " part: " + step.target, .unit = "ns"}, found->second);
    }
    const std::string mechanism(to_string(candidate.mechanism));
    // A drop is rarer than a packet, and more is kept of it.
    const bool is_drop = candidate.target == probes()[PD_PROBE_KFREE_SKB].label;
    report({.name = flavour + " " + mechanism + ":" + targets,
            .unit = is_drop ? "ns/drop" : "ns/event",
            .required = is_drop ? Required() : at_most(bound)},
           sums);
  }

  const KernelBtf& btf_;
  const Maps& maps_;
  std::vector<Measured> measured_;
  lab::NetNs ns_;
  UniqueFd sink_;
  lab::NetNs nobody_;  // without a sink
};

void run() {
  libbpf_set_print(nullptr);
  const KernelBtf btf = must(load_kernel_btf(true, ""));
  const Maps maps = must(Maps::create(must(possible_cpus({}))));
  const UniqueFd statistics(bpf_enable_stats(BPF_STATS_RUN_TIME));
  if (!statistics) must(Result<void>(system_error("BPF_ENABLE_STATS", errno)));

  const Bench bench(btf, maps);
  if (btf.has_rdonly_cast) bench.run(Flavour::kRdonlyCast, "rdonly_cast", 10);
  bench.run(Flavour::kProbeRead, "probe_read", 20);
}

}  // namespace
}  // namespace packetdrop::bench

int main() { packetdrop::bench::run(); }
