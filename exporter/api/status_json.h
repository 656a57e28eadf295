// SPDX-License-Identifier: Apache-2.0
// The state of the exporter as the JSON API shows it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>

#include "control/controller.h"
#include "model/finding.h"

namespace packetdrop {

// {"active":…,"sources":[…]}: every source, and of each present one every hook.
nlohmann::json state_json(std::span<const SourceState> states);

nlohmann::json preflight_json(std::span<const Finding> preflight);
nlohmann::json build_json();

}  // namespace packetdrop
