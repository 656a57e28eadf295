// SPDX-License-Identifier: Apache-2.0
// The view of events that are in no other series, by cause.
#include "views/columns.h"
#include "views/help.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

constexpr Column kColumns[] = {
    {.name = "cause", .title = "Cause", .what = "why they were not counted", .fixed = true}};

std::string help() {
  return "Events (one skb at one hook) that are in no other series. Never subtract them; where "
         "/api/v1/status says that misses are not observable, it is a lower bound. By cause: " +
         list_rows(miss_causes(), [](const MissCauseInfo& cause) { return cause.what; }) + ".";
}

void fill(const ViewInput& input, View& view) {
  for (std::size_t i = 0; i < kMissCauseCount; i++)
    view.rows.push_back({.cells = {miss_causes()[i].label}, .number = input.snapshot().missed[i]});
}

}  // namespace

constinit const ViewInfo kMissedEvents = {
    .name = "missed_events",
    .metric = "packetdrop_missed_events_total",
    .help = help,
    .columns = kColumns,
    .value = {.name = "count", .title = "Events", .what = "one skb at one hook"},
    .constant = true,
    .most_rows = kMissCauseCount,
    .fill = fill,
};

}  // namespace packetdrop
