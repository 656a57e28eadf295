// SPDX-License-Identifier: Apache-2.0
// Makes one allocation after the other fail. Needs a kernel with fault injection.
#pragma once

#include <functional>
#include <string>

#include "vm/hard_use/fixture.h"

namespace packetdrop::hard_use {

class FaultInjection : public HardUse {
 protected:
  void SetUp() override;
  void TearDown() override;

  // kprobes say themselves that ftrace had no memory for them, vmalloc that it had none, and
  // kmemleak that it looks at more than it would have to.
  bool is_expected(const std::string& line) const override;

  // Runs `work`, which returns an errno, once for each allocation that the kernel makes for it,
  // with that one failing; then `undo`, with all that it asks for. Returns how many allocations.
  static int with_each_allocation_failing(const std::function<int()>& work,
                                          const std::function<void(int error)>& undo);
};

}  // namespace packetdrop::hard_use
