// SPDX-License-Identifier: Apache-2.0
// The landing page: what a person sees who opens the exporter in a browser.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/controller.h"
#include "model/preflight.h"

namespace packetdrop {

struct LandingPage {
  std::vector<SourceState> states;
  std::span<const Finding> preflight;
  std::string_view telemetry_path;
  std::string_view port;  // where the reader reached this page
  bool control_api = true;
};

// One HTML page that needs nothing but itself: no script, no other file, no network.
std::string render_landing_page(const LandingPage& page);

}  // namespace packetdrop
