// SPDX-License-Identifier: Apache-2.0
// Views of the state of a source: whether it counts, and whether it could.
#include "views/columns.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {

constinit const ViewInfo kActive = {
    .name = "active",
    .metric = "packetdrop_active",
    .kind = ViewKind::kGauge,
    .help =
        [] {
          return std::string(
              "Whether the source counts now, 1 or 0; its counters stay as they are while it does "
              "not.");
        },
    .value = kStateValue,
    .constant = true,
    .fill = [](const ViewInput& input,
               View& view) { view.rows.push_back({.number = input.snapshot().active}); },
};

constinit const ViewInfo kSourceReady = {
    .name = "source_ready",
    .metric = "packetdrop_source_ready",
    .kind = ViewKind::kGauge,
    .help =
        [] {
          return std::string(
              "Whether the source can count on this host, 1 or 0, also while it is not active; "
              "/api/v1/status says why not.");
        },
    .value = kStateValue,
    .constant = true,
    .fill = [](const ViewInput& input,
               View& view) { view.rows.push_back({.number = input.snapshot().unusable.empty()}); },
};

}  // namespace packetdrop
