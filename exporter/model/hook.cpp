// SPDX-License-Identifier: Apache-2.0
// The hooks, keys and transmit results of kmod/uapi as tables that C++ can walk.
#include "model/hook.h"

namespace packetdrop {
namespace {

#define PD_HOOK(id, label, direction, kind, header, skb, pass, symbols, ...) \
  constexpr std::string_view kSymbols_##label[] = {symbols};
#include "uapi/packetdrop_hooks.def"

namespace direction {
constexpr Direction TRANSMIT = Direction::kTransmit;
constexpr Direction RECEIVE = Direction::kReceive;
}  // namespace direction
namespace kind {
constexpr HookKind FUNCTION = HookKind::kFunction;
constexpr HookKind TRACEPOINT = HookKind::kTracepoint;
}  // namespace kind
namespace header {
constexpr bool ETHERNET = false;
constexpr bool NETWORK = false;
constexpr bool DATA = false;
constexpr bool TRANSPORT = true;
}  // namespace header
namespace pass {
constexpr bool BY_VALUE = false;
constexpr bool BY_REFERENCE = true;
}  // namespace pass
namespace standing {
constexpr StandInKind NONE = StandInKind::kNone;
constexpr StandInKind INEXACT = StandInKind::kInexact;
constexpr StandInKind EXACT = StandInKind::kExact;
}  // namespace standing

constexpr std::array<HookInfo, kHookCount> kHooks = {{
#define PD_HOOK(hook_id, hook_label, hook_direction, hook_kind, hook_header, skb, hook_pass, \
                hook_symbols, hook_stand_in, hook_standing, hook_bytes)                      \
  HookInfo{.id = PD_HOOK_##hook_id,                                                          \
           .label = #hook_label,                                                             \
           .direction = direction::hook_direction,                                           \
           .kind = kind::hook_kind,                                                          \
           .skb_argument = skb,                                                              \
           .skb_by_reference = pass::hook_pass,                                              \
           .symbols = kSymbols_##hook_label,                                                 \
           .stand_in = #hook_stand_in,                                                       \
           .stand_in_kind = standing::hook_standing,                                         \
           .bytes = hook_bytes,                                                              \
           .ipv4_tcp_only = header::hook_header},
#include "uapi/packetdrop_hooks.def"
}};

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

const std::array<HookInfo, kHookCount>& hooks() { return kHooks; }
const std::array<KeyInfo, kKeyCount>& keys() { return kKeys; }
const std::array<TxResultInfo, kTxResultCount>& tx_results() { return kTxResults; }

std::string_view to_string(Direction direction) {
  return direction == Direction::kTransmit ? "transmit" : "receive";
}

bool is_legal(const HookInfo& hook, std::size_t key) {
  return !hook.ipv4_tcp_only || key == PD_KEY_IPV4_TCP;
}

}  // namespace packetdrop
