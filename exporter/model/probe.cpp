// SPDX-License-Identifier: Apache-2.0
// The probes, keys and transmit results of kmod/uapi as tables that C++ can walk.
#include "model/probe.h"

#include <algorithm>

namespace packetdrop {
namespace {

#define PD_TARGETS_FUNCTION(...) __VA_ARGS__
#define PD_TARGETS_TRACEPOINT(name) #name
#define PD_TARGETS_XMIT_PAIR(name) #name
#define PD_PROBE(id, label, feeds, direction, kind, header, key, skb, pass, at, ...) \
  constexpr std::string_view kTargets_##label[] = {PD_TARGETS_##kind(at)};
#include "uapi/packetdrop_probes.def"

constexpr std::array<ProbeInfo, kProbeCount> kProbes = {{
#define PD_PROBE(probe_id, probe_label, probe_feeds, probe_direction, probe_kind, probe_header,  \
                 probe_key, skb, probe_pass, probe_at, probe_fallback, probe_exact, probe_bytes) \
  ProbeInfo{.id = PD_PROBE_##probe_id,                                                           \
            .label = #probe_label,                                                               \
            .feeds = PD_FEEDS_##probe_feeds,                                                     \
            .direction = PD_DIRECTION_##probe_direction,                                         \
            .kind = PD_KIND_##probe_kind,                                                        \
            .header = PD_HEADER_##probe_header,                                                  \
            .key = PD_KEY_##probe_key,                                                           \
            .skb_argument = skb,                                                                 \
            .pass = PD_PASS_##probe_pass,                                                        \
            .targets = kTargets_##probe_label,                                                   \
            .fallback = #probe_fallback,                                                         \
            .fallback_exact = PD_FALLBACK_##probe_exact,                                         \
            .bytes = probe_bytes},
#include "uapi/packetdrop_probes.def"
}};

constexpr bool is_hook(const ProbeInfo& probe) { return probe.feeds == PD_FEEDS_HOOK; }

static_assert(std::ranges::is_partitioned(kProbes, is_hook) &&
                  std::ranges::count_if(kProbes, is_hook) == PD_HOOKS,
              "the rows that feed HOOK come first: pd_hook and pd_probe number them alike");
static_assert(std::ranges::all_of(kProbes,
                                  [](const ProbeInfo& probe) {
                                    return (probe.header == PD_HEADER_L4) ==
                                           (probe.key != PD_KEY_ANY);
                                  }),
              "a probe behind the IP layer has one key, any other probe has ANY");
static_assert(std::ranges::all_of(kProbes,
                                  [](const ProbeInfo& probe) {
                                    return probe.kind == PD_KIND_FUNCTION ||
                                           probe.fallback_exact == PD_FALLBACK_NONE;
                                  }),
              "only a function has a fallback");
static_assert(std::ranges::count(kProbes, PD_KIND_XMIT_PAIR, &ProbeInfo::kind) == 1 &&
                  std::ranges::all_of(kProbes,
                                      [](const ProbeInfo& probe) {
                                        return probe.kind != PD_KIND_XMIT_PAIR ||
                                               (probe.header == PD_HEADER_NET &&
                                                probe.skb_argument == 0 &&
                                                probe.pass == PD_PASS_BY_VALUE);
                                      }),
              "there is one transmit pair; its tracepoints fix its header and argument");

constexpr std::array<KeyInfo, kKeyCount> kKeys = {{
#define PD_KEY_INFO(id, key_family, key_protocol) \
  KeyInfo{.family = #key_family, .protocol = #key_protocol},
    PD_KEY_TABLE(PD_KEY_INFO)
#undef PD_KEY_INFO
}};

constexpr std::array<TxResultInfo, kTxResultCount> kTxResults = {{
#define PD_TX_RESULT_INFO(id, result_label, result_what) \
  TxResultInfo{.label = #result_label, .what = result_what},
    PD_TX_RESULT_TABLE(PD_TX_RESULT_INFO)
#undef PD_TX_RESULT_INFO
}};

}  // namespace

const std::array<ProbeInfo, kProbeCount>& probes() { return kProbes; }
std::span<const ProbeInfo, kHookCount> hooks() { return std::span(kProbes).first<kHookCount>(); }
const std::array<KeyInfo, kKeyCount>& keys() { return kKeys; }
const std::array<TxResultInfo, kTxResultCount>& tx_results() { return kTxResults; }

std::string_view to_string(pd_direction direction) {
  switch (direction) {
    case PD_DIRECTION_TRANSMIT:
      return "transmit";
    case PD_DIRECTION_RECEIVE:
      return "receive";
    case PD_DIRECTION_NONE:
      break;
  }
  return "none";
}

std::string_view name_of(const ProbeInfo& probe) {
  return probe.feeds == PD_FEEDS_DROPS ? "drops" : probe.label;
}

bool is_legal(const ProbeInfo& hook, std::size_t key) {
  return hook.key == PD_KEY_ANY || hook.key == key;
}

}  // namespace packetdrop
