// SPDX-License-Identifier: Apache-2.0
// HELP texts that list rows of the hook table and its like, each in one line.
#include "metrics/help.h"

#include <string_view>

#include "model/drop_views.h"
#include "model/snapshot.h"

namespace packetdrop {
namespace {

// "name: what; name: what": one entry a row of `table`.
template <typename Table, typename Describe>
std::string list(const Table& table, Describe describe) {
  std::string text;
  for (const auto& row : table) {
    if (!text.empty()) text += "; ";
    text += row.label;
    text += ": ";
    text += describe(row);
  }
  return text;
}

std::string attach_point(const ProbeInfo& hook) {
  std::string text = hook.kind == PD_KIND_FUNCTION ? "function " : "tracepoint ";
  std::string_view separator;
  for (const std::string_view symbol : hook.targets) {
    text.append(separator).append(symbol);
    separator = " or ";
  }
  return text.append(", ").append(to_string(hook.direction));
}

std::string inexact_fallbacks() {
  std::string text;
  for (const ProbeInfo& hook : hooks()) {
    if (hook.fallback_exact != PD_FALLBACK_INEXACT) continue;
    if (!text.empty()) text += "; ";
    text.append(hook.label).append(" at tracepoint ").append(hook.fallback);
  }
  return text;
}

}  // namespace

std::string packets_help() {
  return "Packets that passed a hook, counted in skbs: a GSO skb is one, and each clone (tap, "
         "multicast, bridge flood) is one. Counted at " +
         list(hooks(), attach_point) +
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
         list(hooks(), [](const ProbeInfo& hook) { return hook.bytes; }) +
         ". Exceptions as in packetdrop_hook_packets_total.";
}

std::string hook_info_help() {
  return "How and where a hook is attached, value 1; only while it is attached. exact=false: it "
         "does not fire exactly once for each call of the hooked function, as with a stand-in (" +
         inexact_fallbacks() + ") or when not every compiled copy of the function could be hooked.";
}

std::string transmit_not_ok_help() {
  return "Packets (skbs) that a driver's transmit routine answered with anything but rc=0; they "
         "are not in packetdrop_hook_packets_total. By result: " +
         list(tx_results(), [](const TxResultInfo& result) { return result.what; }) + ".";
}

std::string drops_help() {
  return "Packets (skbs) that the kernel dropped, as its tracepoint kfree_skb tells, by the "
         "running "
         "kernel's own name of the reason (NOT_SPECIFIED before Linux 5.17); a series from its "
         "first drop on. What classes and layers mean: packetdrop_drops_by_class_total. Once a "
         "source has " +
         std::to_string(kMostReasonRows) +
         " series, new ones are under reason=\"other\". Not seen: drops of the NIC and native XDP "
         "before the stack, SYNs refused by a full accept queue, what TCP drops within a "
         "connection on "
         "older kernels (5.10), AF_XDP.";
}

std::string drops_by_class_help() {
  return "All of packetdrop_drops_total, always there from 0, for alerts: class says whether "
         "anybody "
         "should care (" +
         list(drop_classes(), [](const DropClassInfo& row) { return row.what; }) +
         "), layer where it was dropped.";
}

std::string drop_functions_help() {
  return "The same drops as in packetdrop_drops_total, by the kernel function that dropped, "
         "without "
         "suffixes of compiler clones and without its module; a series from its first drop on. "
         "function=\"unknown\": the kernel hides its name, or its module is gone; "
         "function=\"other\": it did not fit, see packetdrop_drops_folded_total.";
}

std::string missed_events_help() {
  return "Events (one skb at one hook) that are in no other series. Never subtract them; where "
         "/api/v1/status says that misses are not observable, it is a lower bound. By cause: " +
         list(miss_causes(), [](const MissCauseInfo& cause) { return cause.what; }) + ".";
}

}  // namespace packetdrop
