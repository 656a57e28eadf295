// SPDX-License-Identifier: Apache-2.0
// The landing page, for a person who opens the exporter in a browser.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/controller.h"
#include "model/finding.h"
#include "page/control_help.h"

namespace packetdrop {

struct LandingPage {
  std::vector<SourceState> states;
  std::span<const Finding> preflight;
  std::string_view telemetry_path;
  std::optional<ControlHelp> control = {};  // nothing: the control API is off
};

// One HTML page that needs nothing but itself: no script, no other file, no network.
std::string render_landing_page(const LandingPage& page);

}  // namespace packetdrop
