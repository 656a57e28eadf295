// SPDX-License-Identifier: Apache-2.0
// The drops as the JSON API shows them.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "model/reading.h"

namespace packetdrop {

// {"drops":[…],"functions":[…],"sources":[…]}, the most frequent first.
nlohmann::json drops_json(std::span<const SourceReading> readings);

}  // namespace packetdrop
