// SPDX-License-Identifier: Apache-2.0
// Two network namespaces, the veth pair between them, and how many datagrams a second it takes.
#pragma once

#include "base/unique_fd.h"
#include "lab/netns.h"

namespace packetdrop::bench {

// What becomes of the datagrams: read from their socket, or dropped by it because it is full.
enum class Fate { kDelivered, kDropped };

// One CPU sends, receives in softirq, and reads, so none waits for another and none is lost on the
// way. An error ends the benchmark.
class Wire {
 public:
  Wire();

  // The median of some thousand batches in half a second: a batch takes less than a time slice, so
  // what else runs on this CPU does not move it. Where the fate of one in a thousand is another,
  // this ends the benchmark.
  double packets_per_second(Fate fate) const;

 private:
  lab::NetNs sender_;
  lab::NetNs receiver_;
  UniqueFd sink_;
};

}  // namespace packetdrop::bench
