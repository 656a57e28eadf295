// SPDX-License-Identifier: Apache-2.0
// What one source knows at one moment: counters, and how each probe is attached.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "model/drop.h"
#include "model/probe.h"

namespace packetdrop {

// Since the source began; never goes back within one process.
struct Counters {
  std::uint64_t packets = 0;   // skbs
  std::uint64_t segments = 0;  // what a GSO skb is made of, else 1
  std::uint64_t bytes = 0;     // skb->len at the hook

  bool operator==(const Counters&) const = default;
};

// One way to attach a probe that this kernel or this process was refused.
struct Refusal {
  std::string mechanism;  // fentry, kprobe, tp_btf, raw_tp, tracepoint
  std::string target;     // function or tracepoint
  int code = 0;           // errno
  std::string cause;      // likely cause and what to do, for a person
};

// "fentry eth_type_trans: EPERM, lockdown=integrity"
std::string to_string(const Refusal& refusal);
// All of them, with "; " between.
std::string to_string(std::span<const Refusal> refusals);

// How a probe is attached.
struct ProbeState {
  bool attached = false;
  std::string mechanism;
  std::string target;  // where it really is attached
  bool exact = false;  // fires exactly once for every call of the hooked function
  // Whether this kernel counts the events that this mechanism skips.
  bool misses_observable = false;
  std::vector<Refusal> refusals;
};

// Events that are in no other series, by cause; the "cause" label.
enum class MissCause { kRecursion, kKprobe, kXmitUnmatched };
inline constexpr std::size_t kMissCauseCount = 3;

struct MissCauseInfo {
  std::string_view label;
  std::string_view what;
};
const std::array<MissCauseInfo, kMissCauseCount>& miss_causes();

using HookCounters = std::array<Counters, kKeyCount>;  // by pd_key

struct Snapshot {
  bool active = false;
  std::string unusable;  // why this source cannot count on this host; empty where it can
  std::array<ProbeState, kProbeCount> probes;       // by pd_probe
  std::array<HookCounters, kHookCount> counters{};  // by pd_hook
  std::array<std::uint64_t, kTxResultCount> tx_results{};
  std::array<std::uint64_t, kMissCauseCount> missed{};
  std::vector<Drop> drops;  // each (function, reason, key) once, the first to be dropped first
};

}  // namespace packetdrop
