// SPDX-License-Identifier: Apache-2.0
// The drops of one source on the landing page.
#pragma once

#include <string>

#include "model/snapshot.h"

namespace packetdrop {

// The most frequent drops, with the meaning of their reasons.
void append_drops(std::string& out, const Snapshot& snapshot);

}  // namespace packetdrop
