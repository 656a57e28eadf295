// SPDX-License-Identifier: Apache-2.0
// The maps that outlive an activation.
#pragma once

#include "base/result.h"
#include "sources/bpf/counter_map.h"
#include "sources/bpf/drop_map.h"

namespace packetdrop {

struct Maps {
  CounterMap counters;
  DropMap drops;
  std::size_t cpus;  // highest possible CPU id + 1

  static Result<Maps> create(std::size_t cpus) {
    auto counters = CounterMap::create(cpus);
    if (!counters) return std::move(counters).error();
    auto drops = DropMap::create(cpus);
    if (!drops) return std::move(drops).error();
    return Maps{.counters = *std::move(counters), .drops = *std::move(drops), .cpus = cpus};
  }
};

}  // namespace packetdrop
