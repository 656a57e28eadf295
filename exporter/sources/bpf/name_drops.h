// SPDX-License-Identifier: Apache-2.0
// From drops by number to drops by name.
#pragma once

#include <span>
#include <vector>

#include "host/names/drop_namer.h"
#include "model/drop.h"
#include "sources/bpf/drop_map.h"

namespace packetdrop {

// Several places in one function become one. In the order of `drops`.
std::vector<Drop> name_drops(std::span<const RawDrop> drops, DropNamer& namer);

}  // namespace packetdrop
