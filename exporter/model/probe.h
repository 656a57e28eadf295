// SPDX-License-Identifier: Apache-2.0
// The probes, keys and transmit results of kmod/uapi as tables that C++ can walk.
#pragma once

#include <linux/types.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "uapi/packetdrop_abi.h"

namespace packetdrop {

inline constexpr std::size_t kProbeCount = PD_PROBES;
inline constexpr std::size_t kHookCount = PD_HOOKS;
inline constexpr std::size_t kKeyCount = PD_KEYS;
inline constexpr std::size_t kTxResultCount = PD_TX_RESULTS;

// One row of kmod/uapi/packetdrop_probes.def; see there for what each column means.
struct ProbeInfo {
  pd_probe id;
  std::string_view label;
  pd_feeds feeds;
  pd_direction direction;
  pd_kind kind;
  pd_header header;
  pd_key key;  // the only legal one, or PD_KEY_ANY
  int skb_argument;
  pd_pass pass;
  std::span<const std::string_view> targets;  // functions, newest kernel last; or the tracepoint
  std::string_view fallback;                  // tracepoint; "none" where fallback_exact is NONE
  pd_fallback fallback_exact;
  std::string_view bytes;  // what skb->len covers when the probe fires

  // The index of a hook's counters.
  constexpr pd_hook hook() const { return static_cast<pd_hook>(id); }
};

// The tracepoint before net_dev_xmit that an XMIT_PAIR needs.
inline constexpr std::string_view kXmitBegins = "net_dev_start_xmit";

struct KeyInfo {
  std::string_view family;
  std::string_view protocol;
};

struct TxResultInfo {
  std::string_view label;
  std::string_view what;
};

const std::array<ProbeInfo, kProbeCount>& probes();
// Those that feed HOOK, by pd_hook. They are the first rows.
std::span<const ProbeInfo, kHookCount> hooks();
const std::array<KeyInfo, kKeyCount>& keys();
const std::array<TxResultInfo, kTxResultCount>& tx_results();

std::string_view to_string(pd_direction direction);

// What a person calls the probe: a hook's label, or the name of what the probe feeds ("drops").
std::string_view name_of(const ProbeInfo& probe);

// Whether `hook` can ever count `key`: what cannot be is not exported.
bool is_legal(const ProbeInfo& hook, std::size_t key);

}  // namespace packetdrop
