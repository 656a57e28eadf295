// SPDX-License-Identifier: Apache-2.0
// Waits until every BPF program that was running has ended.
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace packetdrop {

// Updating a map of maps makes the kernel wait for an RCU grace period before the system call
// returns (1ae80cf31938, 4.20), which is all that is used of these two maps. membarrier(2) would
// do the same, but refuses on nohz_full kernels.
class GracePeriod {
 public:
  static Result<GracePeriod> create();

  // Typically 10 to 40 ms.
  Result<void> wait() const;

 private:
  GracePeriod(UniqueFd inner, UniqueFd outer)
      : inner_(std::move(inner)), outer_(std::move(outer)) {}

  UniqueFd inner_;
  UniqueFd outer_;
};

}  // namespace packetdrop
