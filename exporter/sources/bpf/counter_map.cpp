// SPDX-License-Identifier: Apache-2.0
// Owns the map of counters and reads it through shared memory, never by system call.
#include "sources/bpf/counter_map.h"

#include <bpf/bpf.h>
#include <sys/mman.h>

#include <cerrno>
#include <utility>

namespace packetdrop {
namespace {

// The map's elements follow each other without a gap only if their size is a multiple of 8.
static_assert(sizeof(pd_cpu_counters) % 8 == 0);

std::uint64_t load(const __u64& counter) { return __atomic_load_n(&counter, __ATOMIC_RELAXED); }

void add(Counters& sum, const pd_counter& counter) {
  sum.packets += load(counter.packets);
  sum.segments += load(counter.segments);
  sum.bytes += load(counter.bytes);
}

}  // namespace

Result<CounterMap> CounterMap::create(std::size_t cpus) {
  LIBBPF_OPTS(bpf_map_create_opts, options);
  options.map_flags = BPF_F_MMAPABLE;
  UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "pd_counters", sizeof(__u32),
                              sizeof(pd_cpu_counters), static_cast<__u32>(cpus), &options));
  if (!map) return system_error("the map of counters cannot be made", errno);

  void* blocks = mmap(nullptr, cpus * sizeof(pd_cpu_counters), PROT_READ, MAP_SHARED, map.get(), 0);
  if (blocks == MAP_FAILED) return system_error("the map of counters cannot be mapped", errno);
  return CounterMap(std::move(map), static_cast<const pd_cpu_counters*>(blocks), cpus);
}

CounterMap::CounterMap(CounterMap&& other) noexcept
    : map_(std::move(other.map_)),
      blocks_(std::exchange(other.blocks_, nullptr)),
      cpus_(other.cpus_) {}

CounterMap::~CounterMap() {
  if (blocks_) munmap(const_cast<pd_cpu_counters*>(blocks_), cpus_ * sizeof(pd_cpu_counters));
}

void CounterMap::read_into(Snapshot& snapshot) const {
  std::uint64_t unmatched = 0;
  snapshot.counters = {};
  snapshot.tx_results = {};
  for (const pd_cpu_counters& block : std::span(blocks_, cpus_)) {
    for (std::size_t hook = 0; hook < kHookCount; hook++)
      for (std::size_t key = 0; key < kKeyCount; key++)
        add(snapshot.counters[hook][key], block.hook[hook][key]);
    for (std::size_t result = 0; result < kTxResultCount; result++)
      snapshot.tx_results[result] += load(block.tx_result[result]);
    unmatched += load(block.xmit_unmatched);
  }
  snapshot.missed[static_cast<std::size_t>(MissCause::kXmitUnmatched)] = unmatched;
}

}  // namespace packetdrop
