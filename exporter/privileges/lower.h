// SPDX-License-Identifier: Apache-2.0
// Drops capabilities of this thread, or runs a function with fewer.
#pragma once

#include <future>

#include "privileges/capability_set.h"

namespace packetdrop {

// As keep_only(). If that fails, logs a warning and keeps the current capabilities.
void give_up_all_but(CapabilitySet kept);

// Runs `make` on a thread that has only these capabilities, and returns its result. Threads that
// `make` starts inherit them and never have more.
template <typename Make>
auto run_with_capabilities(CapabilitySet kept, const Make& make) {
  return std::async(std::launch::async,
                    [&] {
                      give_up_all_but(kept);
                      return make();
                    })
      .get();
}

}  // namespace packetdrop
