// SPDX-License-Identifier: Apache-2.0
// The view of drops by class and layer, complete from 0.
#include "views/columns.h"
#include "views/help.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

constexpr Column kColumns[] = {kClassColumn, kLayerColumn};

std::string help() {
  return "All of packetdrop_drops_total, always there from 0, for alerts: class says whether "
         "anybody should care (" +
         list_rows(drop_classes(), [](const DropClassInfo& row) { return row.what; }) +
         "), layer where it was dropped.";
}

void fill(const ViewInput& input, View& view) {
  view.rows.reserve(kDropClassCount * kDropLayerCount);
  for (const DropClassInfo& drop_class : drop_classes())
    for (const DropLayerInfo& layer : drop_layers())
      view.rows.push_back({.cells = {drop_class.label, layer.label}});
  for (const ClassifiedDrop& drop : input.drops()) {
    const auto drop_class = static_cast<std::size_t>(drop.verdict.drop_class);
    const auto layer = static_cast<std::size_t>(drop.verdict.layer);
    view.rows[drop_class * kDropLayerCount + layer].number += drop.drop->count;
  }
}

}  // namespace

constinit const ViewInfo kDropsByClass = {
    .name = "drops_by_class",
    .metric = "packetdrop_drops_by_class_total",
    .help = help,
    .columns = kColumns,
    .value = kPacketsValue,
    .constant = true,
    .most_rows = kDropClassCount * kDropLayerCount,
    .fill = fill,
};

}  // namespace packetdrop
