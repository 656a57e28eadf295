// SPDX-License-Identifier: Apache-2.0
// Drops capabilities; a failure is logged and not fatal.
#include "privileges/lower.h"

#include <spdlog/spdlog.h>

namespace packetdrop {

void give_up_all_but(CapabilitySet kept) {
  if (const auto done = keep_only(kept); !done)
    spdlog::warn("capabilities that are not needed stay: {}", done.error().message);
}

}  // namespace packetdrop
