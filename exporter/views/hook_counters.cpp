// SPDX-License-Identifier: Apache-2.0
// Views of what passed the hooks: packets, segments and bytes.
#include "base/text.h"
#include "views/columns.h"
#include "views/help.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

constexpr Column kColumns[] = {kHookColumn, kDirectionColumn, kFamilyColumn, kProtocolColumn};

std::string attach_point(const ProbeInfo& hook) {
  return (hook.kind == PD_KIND_FUNCTION ? "function " : "tracepoint ") +
         join(hook.targets, " or ") + ", " + std::string(to_string(hook.direction));
}

std::string packets_help() {
  return "Packets that passed a hook, counted in skbs: a GSO skb is one, and each clone (tap, "
         "multicast, bridge flood) is one. Counted at " +
         list_rows(hooks(), attach_point) +
         ". net_dev_xmit counts rc=0 only: the driver took the skb, which does not mean sent. "
         "Inexact stand-ins are those with exact=false in packetdrop_hook_info. Not seen: NIC "
         "drops before the stack, native XDP drops and redirects on some drivers, AF_XDP, "
         "PACKET_QDISC_BYPASS, pktgen, netpoll, and what hardware bridges or routes.";
}

std::string segments_help() {
  return "Segments in the packets that passed a hook: for a GSO skb how many packets it will be "
         "on the wire (gso_segs, else its payload divided by gso_size, rounded up), for any other "
         "skb 1. GSO and GRO change the number of skbs between hooks, so compare hooks by this. "
         "Hooks and exceptions as in packetdrop_hook_packets_total.";
}

std::string bytes_help() {
  return "Bytes of the packets that passed a hook: skb->len as it stands there, headers of a GSO "
         "skb counted once. What it covers: " +
         list_rows(hooks(), [](const ProbeInfo& hook) { return hook.bytes; }) +
         ". Exceptions as in packetdrop_hook_packets_total.";
}

template <std::uint64_t Counters::*unit>
void fill(const ViewInput& input, View& view) {
  view.rows.reserve(kHookCount * kKeyCount);
  for (const ProbeInfo& hook : hooks()) {
    const std::string_view direction = to_string(hook.direction);
    for (std::size_t key = 0; key < kKeyCount; key++)
      if (is_legal(hook, key))
        view.rows.push_back(
            {.cells = {hook.label, direction, keys()[key].family, keys()[key].protocol},
             .number = input.snapshot().counters[hook.id][key].*unit});
  }
}

}  // namespace

constinit const ViewInfo kHookPackets = {
    .name = "hook_packets",
    .metric = "packetdrop_hook_packets_total",
    .help = packets_help,
    .columns = kColumns,
    .value = kPacketsValue,
    .constant = true,
    .most_rows = kHookCount * kKeyCount,
    .fill = fill<&Counters::packets>,
};

constinit const ViewInfo kHookSegments = {
    .name = "hook_segments",
    .metric = "packetdrop_hook_segments_total",
    .help = segments_help,
    .columns = kColumns,
    .value = {.name = "count", .title = "Segments", .what = "packets on the wire"},
    .constant = true,
    .most_rows = kHookCount * kKeyCount,
    .fill = fill<&Counters::segments>,
};

constinit const ViewInfo kHookBytes = {
    .name = "hook_bytes",
    .metric = "packetdrop_hook_bytes_total",
    .help = bytes_help,
    .columns = kColumns,
    .value = {.name = "count", .title = "Bytes", .what = "skb->len at the hook"},
    .constant = true,
    .most_rows = kHookCount * kKeyCount,
    .fill = fill<&Counters::bytes>,
};

}  // namespace packetdrop
