// SPDX-License-Identifier: Apache-2.0
// UDP packets per second over a veth pair, delivered and dropped: while the exporter counts, while
// it does not, and with as many empty programs on the same hooks, which is what any BPF program
// there costs.
#include <bpf/libbpf.h>

#include <string>
#include <string_view>
#include <vector>

#include "bench/empty_program.h"
#include "bench/report.h"
#include "bench/target.h"
#include "bench/wire.h"
#include "model/drop.h"
#include "support/http_client.h"

namespace packetdrop::bench {
namespace {

constexpr int kBlocks = 12;

// The value of that label in one line of /metrics.
std::string label(std::string_view line, const std::string& name) {
  const std::string key = name + "=\"";
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + key.size());
  return std::string(line.substr(0, line.find('"')));
}

// How the exporter has attached that hook. Its kprobes go to clones, whose names begin with the
// function's.
Candidate attached_candidate(const ProbeInfo& hook, std::string_view info) {
  const std::string mechanism = label(info, "mechanism");
  const std::string target = label(info, "target");
  for (const Mechanism tracepoint : {Mechanism::kTpBtf, Mechanism::kRawTp})
    for (Candidate& candidate : candidates(hook, BpfAttach::kAuto, tracepoint))
      if (to_string(candidate.mechanism) == mechanism && target.starts_with(candidate.target)) {
        candidate.steps.back().target = target;
        return candidate;
      }
  return must(Result<Candidate>(
      Error{.code = 0, .message = "no empty program for " + mechanism + ":" + target}));
}

// As many empty programs as the exporter has attached, in the same places.
std::vector<EmptyProgram> empty_programs(const std::string& metrics) {
  std::vector<Candidate> attached;
  for (const ProbeInfo& hook : hooks()) {
    const std::size_t at = metrics.find("packetdrop_hook_info{source=\"bpf\",hook=\"" +
                                        std::string(hook.label) + "\"");
    if (at == std::string::npos) continue;
    attached.push_back(attached_candidate(
        hook, std::string_view(metrics).substr(at, metrics.find('\n', at) - at)));
  }
  if (metrics.find("packetdrop_drops_attached{source=\"bpf\"} 1\n") != std::string::npos)
    attached.push_back(
        candidates(probes()[PD_PROBE_KFREE_SKB], BpfAttach::kAuto, Mechanism::kTpBtf).at(0));

  std::vector<EmptyProgram> programs;
  for (const Candidate& candidate : attached)
    for (EmptyProgram& program : must(load_empty(candidate)))
      programs.push_back(std::move(program));
  return programs;
}

class Bench {
 public:
  double active(Fate fate) { return measure("/activate", fate); }
  double inactive(Fate fate) { return measure("/deactivate", fate); }
  double empty(Fate fate) {
    post("/deactivate");
    std::vector<UniqueFd> links;
    for (const EmptyProgram& program : empty_) links.push_back(must(program.attach()));
    return wire_.packets_per_second(fate);
  }
  std::size_t programs() const { return empty_.size(); }

 private:
  void post(const std::string& target) const {
    const auto response = must(http_request(exporter_.address(), "POST", target));
    if (response.status != 200) must(Result<void>(Error{.code = 0, .message = response.body}));
  }
  std::string metrics() const {
    return must(http_request(exporter_.address(), "GET", "/metrics")).body;
  }
  double measure(const std::string& target, Fate fate) const {
    post(target);
    return wire_.packets_per_second(fate);
  }

  const Wire wire_;
  // No limit on how often it is switched.
  const Target exporter_ = must(Target::exporter({"--web.max-control-requests=0"}));
  const std::vector<EmptyProgram> empty_ = empty_programs(metrics());
};

void compare(Bench& bench, Fate fate, const std::string& name) {
  bench.inactive(fate);  // warms up
  std::vector<double> active, inactive, active_ratios, empty_ratios, over_empty;
  for (int i = 0; i < kBlocks; i++) {
    // Each state once on the way out and once on the way back: a steady drift cancels out.
    const double a1 = bench.active(fate);
    const double e1 = bench.empty(fate);
    const double b1 = bench.inactive(fate);
    const double b2 = bench.inactive(fate);
    const double e2 = bench.empty(fate);
    const double a2 = bench.active(fate);
    active.push_back((a1 + a2) / 2);
    inactive.push_back((b1 + b2) / 2);
    active_ratios.push_back((a1 + a2) / (b1 + b2));
    empty_ratios.push_back((e1 + e2) / (b1 + b2));
    over_empty.push_back((a1 + a2) / (e1 + e2));
  }
  report({.name = name + ", active", .unit = "packets/s", .decimals = 0}, active);
  report({.name = name + ", inactive", .unit = "packets/s", .decimals = 0}, inactive);
  report({.name = name + ", counting costs a packet", .unit = "ns"},
         {1e9 / median(active) - 1e9 / median(inactive)});
  report({.name = name + ", active over inactive", .unit = "", .decimals = 3}, active_ratios);
  report({.name = name + ", empty programs over inactive", .unit = "", .decimals = 3},
         empty_ratios);
  report({.name = name + ", active over empty programs",
          .unit = "",
          .decimals = 3,
          .required = at_least(0.99)},
         over_empty);
}

void run() {
  libbpf_set_print(nullptr);
  Bench bench;
  std::printf("UDP over veth, 64-byte frames; %zu empty programs where the exporter has its own\n",
              bench.programs());
  compare(bench, Fate::kDelivered, "delivered");
  compare(bench, Fate::kDropped, "dropped");
}

}  // namespace
}  // namespace packetdrop::bench

int main() { packetdrop::bench::run(); }
