// SPDX-License-Identifier: Apache-2.0
// Owns the map of counters and reads it through shared memory, never by system call.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "model/snapshot.h"

namespace packetdrop {

// Lives as long as its source, across activations, so counters never go back.
class CounterMap {
 public:
  // `cpus`: highest possible CPU id + 1.
  static Result<CounterMap> create(std::size_t cpus);
  CounterMap(CounterMap&& other) noexcept;
  CounterMap& operator=(CounterMap&&) = delete;
  ~CounterMap();

  int fd() const { return map_.get(); }
  std::size_t cpus() const { return cpus_; }

  // Adds up all CPUs into the counters of `snapshot`. Each number is whole; the packets and bytes
  // of one key may be a packet apart.
  void read_into(Snapshot& snapshot) const;

 private:
  CounterMap(UniqueFd map, const pd_cpu_counters* blocks, std::size_t cpus)
      : map_(std::move(map)), blocks_(blocks), cpus_(cpus) {}

  UniqueFd map_;
  const pd_cpu_counters* blocks_;
  std::size_t cpus_;
};

}  // namespace packetdrop
