// SPDX-License-Identifier: Apache-2.0
// What the kernel has logged since a moment.
#pragma once

#include <string>
#include <vector>

#include "base/unique_fd.h"

namespace packetdrop::hard_use {

class KernelLog {
 public:
  // From now on.
  KernelLog();

  // The lines since then, or since the last call.
  std::vector<std::string> lines();

 private:
  UniqueFd fd_;
};

// Those that tell of a fault in the kernel.
std::vector<std::string> complaints(const std::vector<std::string>& lines);

}  // namespace packetdrop::hard_use
