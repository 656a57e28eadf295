// SPDX-License-Identifier: Apache-2.0
// The hooks, keys and transmit results of kmod/uapi as tables that C++ can walk.
#pragma once

#include <linux/types.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "uapi/packetdrop_abi.h"

namespace packetdrop {

inline constexpr std::size_t kHookCount = PD_HOOKS;
inline constexpr std::size_t kKeyCount = PD_KEYS;
inline constexpr std::size_t kTxResultCount = PD_TX_RESULTS;

enum class Direction { kTransmit, kReceive };
enum class HookKind { kFunction, kTracepoint };
enum class StandInKind { kNone, kInexact, kExact };

// One row of kmod/uapi/packetdrop_hooks.def; see there for what each column means.
struct HookInfo {
  pd_hook id;
  std::string_view label;
  Direction direction;
  HookKind kind;
  int skb_argument;
  bool skb_by_reference;
  std::span<const std::string_view> symbols;
  std::string_view stand_in;  // tracepoint, "none" where stand_in_kind is kNone
  StandInKind stand_in_kind;
  std::string_view bytes;  // what skb->len covers at this hook
  bool ipv4_tcp_only;      // only that key is legal here
};

struct KeyInfo {
  std::string_view family;
  std::string_view protocol;
};

struct TxResultInfo {
  std::string_view label;
  std::string_view what;
};

const std::array<HookInfo, kHookCount>& hooks();
const std::array<KeyInfo, kKeyCount>& keys();
const std::array<TxResultInfo, kTxResultCount>& tx_results();

std::string_view to_string(Direction direction);

// Whether `hook` can ever count `key`: what cannot be is not exported.
bool is_legal(const HookInfo& hook, std::size_t key);

}  // namespace packetdrop
