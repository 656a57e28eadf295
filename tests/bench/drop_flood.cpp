// SPDX-License-Identifier: Apache-2.0
// What a flood of drops costs while each is counted: how many come, and the share of one CPU's time
// that counting them takes, as the kernel keeps it of the programs.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <chrono>
#include <string_view>

#include "bench/report.h"
#include "lab/flood.h"
#include "sources/bpf/bpf_source.h"

namespace packetdrop::bench {
namespace {

constexpr int kSamples = 3;
constexpr auto kDuration = std::chrono::seconds(10);

// Of every loaded program whose name begins with `prefix`; the kernel cuts names at 15 bytes.
std::uint64_t run_time_ns(std::string_view prefix) {
  std::uint64_t total = 0;
  __u32 id = 0;
  while (bpf_prog_get_next_id(id, &id) == 0) {
    const UniqueFd program(bpf_prog_get_fd_by_id(id));
    bpf_prog_info info{};
    __u32 size = sizeof(info);
    if (!program || bpf_obj_get_info_by_fd(program.get(), &info, &size) != 0) continue;
    if (std::string_view(info.name).starts_with(prefix)) total += info.run_time_ns;
  }
  return total;
}

void run() {
  const UniqueFd statistics(bpf_enable_stats(BPF_STATS_RUN_TIME));
  if (!statistics) must(Result<void>(system_error("BPF_ENABLE_STATS", errno)));
  const auto source = make_bpf_source({}, gather_host_facts({}));
  must(source->activate());
  constexpr double kNanoseconds = std::chrono::nanoseconds(kDuration).count();

  std::vector<double> rates, of_drops, of_all;
  for (int i = 0; i < kSamples; i++) {
    auto flood = must(lab::Flood::create());
    const std::uint64_t drops_before = run_time_ns("tp_btf_kfree_sk");
    const std::uint64_t all_before = run_time_ns("tp_btf_");
    must(flood.run(kDuration));
    const auto share = [](std::uint64_t ns) {
      return 100 * static_cast<double>(ns) / kNanoseconds;
    };
    of_drops.push_back(share(run_time_ns("tp_btf_kfree_sk") - drops_before));
    of_all.push_back(share(run_time_ns("tp_btf_") - all_before));
    rates.push_back(static_cast<double>(flood.dropped()) /
                    std::chrono::duration<double>(kDuration).count());
  }
  report({.name = "flood, all counted",
          .unit = "drops/s",
          .decimals = 0,
          .required = at_least(500'000)},
         rates);
  report({.name = "flood: counting its drops", .unit = "% of a CPU"}, of_drops);
  report({.name = "flood: counting all its hooks and drops", .unit = "% of a CPU"}, of_all);
}

}  // namespace
}  // namespace packetdrop::bench

int main() { packetdrop::bench::run(); }
