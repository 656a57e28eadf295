// SPDX-License-Identifier: Apache-2.0
// Owns the map of counters and adds it up.
#include "sources/bpf/counter_map.h"

#include <utility>

namespace packetdrop {
namespace {

void add(Counters& sum, const pd_counter& counter) {
  sum.packets += load(counter.packets);
  sum.segments += load(counter.segments);
  sum.bytes += load(counter.bytes);
}

}  // namespace

Result<CounterMap> CounterMap::create(std::size_t cpus) {
  auto blocks = MappedArray<pd_cpu_counters>::create("pd_counters", cpus);
  if (!blocks) return std::move(blocks).error();
  return CounterMap(*std::move(blocks));
}

void CounterMap::read_into(Snapshot& snapshot) const {
  std::uint64_t unmatched = 0;
  snapshot.counters = {};
  snapshot.tx_results = {};
  for (const pd_cpu_counters& block : blocks_.elements()) {
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
