// SPDX-License-Identifier: Apache-2.0
// Owns the map of counters and adds it up.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "model/snapshot.h"
#include "sources/bpf/mapped_array.h"

namespace packetdrop {

// Lives as long as its source, across activations, so counters never go back.
class CounterMap {
 public:
  // `cpus`: highest possible CPU id + 1.
  static Result<CounterMap> create(std::size_t cpus);

  int fd() const { return blocks_.fd(); }

  // Adds up all CPUs into the counters of `snapshot`. Each number is whole; the packets and bytes
  // of one key may be a packet apart.
  void read_into(Snapshot& snapshot) const;

 private:
  explicit CounterMap(MappedArray<pd_cpu_counters> blocks) : blocks_(std::move(blocks)) {}

  MappedArray<pd_cpu_counters> blocks_;  // by CPU
};

}  // namespace packetdrop
