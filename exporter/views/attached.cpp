// SPDX-License-Identifier: Apache-2.0
// Views of what is attached: the hooks, and the tracepoint of drops.
#include "base/text.h"
#include "views/columns.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

constexpr Column kAttachedColumns[] = {kHookColumn};

constexpr Column kInfoColumns[] = {
    kHookColumn,
    {.name = "mechanism", .title = "Mechanism", .what = "how it is attached"},
    {.name = "target", .title = "Target", .what = "function or tracepoint it is attached to"},
    {.name = "exact",
     .title = "Exact",
     .what = "whether it fires once for each call of the hooked function",
     .fixed = true},
};

std::string inexact_fallbacks() {
  std::string text;
  for (const ProbeInfo& hook : hooks()) {
    if (hook.fallback_exact != PD_FALLBACK_INEXACT) continue;
    append_item(text, "; ", hook.label);
    text.append(" at tracepoint ").append(hook.fallback);
  }
  return text;
}

std::string info_help() {
  return "How and where a hook is attached, value 1; only while it is attached. exact=false: it "
         "does not fire exactly once for each call of the hooked function, as with a stand-in (" +
         inexact_fallbacks() + ") or when not every compiled copy of the function could be hooked.";
}

void fill_attached(const ViewInput& input, View& view) {
  for (const ProbeInfo& hook : hooks())
    view.rows.push_back(
        {.cells = {hook.label}, .number = input.snapshot().probes[hook.id].attached});
}

void fill_info(const ViewInput& input, View& view) {
  for (const ProbeInfo& hook : hooks()) {
    const ProbeState& state = input.snapshot().probes[hook.id];
    if (!state.attached) continue;
    view.rows.push_back(
        {.cells = {hook.label, state.mechanism, state.target, state.exact ? "true" : "false"},
         .number = 1});
  }
}

}  // namespace

constinit const ViewInfo kHookAttached = {
    .name = "hook_attached",
    .metric = "packetdrop_hook_attached",
    .kind = ViewKind::kGauge,
    .help =
        [] {
          return std::string("Whether the hook is attached, 1 or 0; /api/v1/status says why not.");
        },
    .columns = kAttachedColumns,
    .value = kStateValue,
    .constant = true,
    .most_rows = kHookCount,
    .fill = fill_attached,
};

constinit const ViewInfo kHookInfo = {
    .name = "hook_info",
    .metric = "packetdrop_hook_info",
    .kind = ViewKind::kGauge,
    .help = info_help,
    .columns = kInfoColumns,
    .value = kStateValue,
    .most_rows = kHookCount,
    .fill = fill_info,
};

constinit const ViewInfo kDropsAttached = {
    .name = "drops_attached",
    .metric = "packetdrop_drops_attached",
    .kind = ViewKind::kGauge,
    .help =
        [] {
          return std::string(
              "Whether drops are counted, 1 or 0: the tracepoint kfree_skb is attached; "
              "/api/v1/status says why not.");
        },
    .value = kStateValue,
    .constant = true,
    .fill =
        [](const ViewInput& input, View& view) {
          view.rows.push_back({.number = input.snapshot().probes[PD_PROBE_KFREE_SKB].attached});
        },
};

}  // namespace packetdrop
