// SPDX-License-Identifier: Apache-2.0
// Lowers the capabilities of this thread, or of what is made with fewer from the start.
#pragma once

#include <future>

#include "privileges/capability_set.h"

namespace packetdrop {

// As keep_only(); where that is refused it says so in the log, and this goes on with what it has.
void give_up_all_but(CapabilitySet kept);

// What `make` returns, called by a thread that has no other capabilities: the threads that it
// starts for itself never have more.
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
