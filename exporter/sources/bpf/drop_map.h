// SPDX-License-Identifier: Apache-2.0
// Owns the maps of drops and merges them over all CPUs.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "model/probe.h"
#include "sources/bpf/mapped_array.h"

namespace packetdrop {

// Drops as the kernel keeps them, by number.
struct RawDrop {
  std::uint64_t location = 0;  // address in the dropping function; 0: it did not fit
  std::uint32_t reason = 0;    // the kernel's number, or PD_REASON_OTHER
  std::uint32_t key = 0;       // enum pd_key
  std::uint64_t count = 0;     // skbs
  std::uint64_t first = 0;     // CLOCK_BOOTTIME of the first one, nanoseconds
};

// Every drop of those tables once, the first one first. What a CPU is just entering is left out.
std::vector<RawDrop> merge_drops(std::span<const pd_drop_table> cpus, const pd_fold_table& folds);

// Lives as long as its source, across activations.
class DropMap {
 public:
  // `cpus`: highest possible CPU id + 1.
  static Result<DropMap> create(std::size_t cpus);

  int tables_fd() const { return tables_.fd(); }
  int folds_fd() const { return folds_.fd(); }

  std::vector<RawDrop> read() const {
    return merge_drops(tables_.elements(), folds_.elements()[0]);
  }

 private:
  DropMap(MappedArray<pd_drop_table> tables, MappedArray<pd_fold_table> folds)
      : tables_(std::move(tables)), folds_(std::move(folds)) {}

  MappedArray<pd_drop_table> tables_;  // by CPU
  MappedArray<pd_fold_table> folds_;   // one
};

}  // namespace packetdrop
