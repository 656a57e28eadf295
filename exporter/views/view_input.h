// SPDX-License-Identifier: Apache-2.0
// What views are made of: one snapshot, and what several views need to know of its drops.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "model/drop_reason.h"
#include "model/snapshot.h"
#include "views/view.h"

namespace packetdrop {

// 0 is the number of kOther, whether or not a drop has it as its reason.
inline constexpr std::uint32_t kOtherNumber = 0;

struct ClassifiedDrop {
  const Drop* drop;
  std::uint32_t reason;  // a number per distinct reason
  Verdict verdict;
};

// Adds `drop` to a row that began with it or with an earlier one.
inline void add_drop(ViewRow& row, const Drop& drop) {
  row.number += drop.count;
  row.since = std::min(row.since, drop.since);
}

// Classifies the drops of a snapshot once for all views. The snapshot must outlive it.
class ViewInput {
 public:
  explicit ViewInput(const Snapshot& snapshot);
  explicit ViewInput(const Snapshot&&) = delete;

  const Snapshot& snapshot() const { return snapshot_; }
  std::span<const ClassifiedDrop> drops() const { return drops_; }  // in the snapshot's order

 private:
  const Snapshot& snapshot_;
  std::vector<ClassifiedDrop> drops_;
};

}  // namespace packetdrop
