// SPDX-License-Identifier: Apache-2.0
// A reading in which every counter differs from every other.
#pragma once

#include <cstdint>

#include "model/reading.h"

namespace packetdrop {

inline ProbeState attached_at(std::string_view mechanism, std::string_view target, bool exact) {
  ProbeState state;
  state.attached = true;
  state.mechanism = mechanism;
  state.target = target;
  state.exact = exact;
  return state;
}

inline Snapshot sample_snapshot() {
  Snapshot snapshot;
  snapshot.active = true;
  std::uint64_t next = 1000;
  for (HookCounters& hook : snapshot.counters)
    for (Counters& counters : hook) {
      counters.packets = next++;
      counters.segments = next++;
      counters.bytes = next++;
    }
  for (std::uint64_t& count : snapshot.tx_results) count = next++;
  for (std::uint64_t& count : snapshot.missed) count = next++;
  for (const ProbeInfo& hook : hooks())
    snapshot.probes[hook.id] = attached_at("kprobe", hook.targets.front(), true);
  snapshot.probes[PD_PROBE_KFREE_SKB] =
      attached_at("tracepoint", probes()[PD_PROBE_KFREE_SKB].label, true);
  snapshot.drops = {
      {.function = "__udp4_lib_rcv", .reason = "NO_SOCKET", .key = PD_KEY_IPV4_UDP, .count = 17},
      {.function = "other", .reason = "unknown_1234", .key = PD_KEY_OTHER_OTHER, .count = 4}};
  return snapshot;
}

inline SourceReading sample_reading(std::string_view source = "bpf") {
  return {.source = source, .seconds = 0.25, .snapshot = sample_snapshot()};
}

inline SourceReading failed_reading(std::string_view source = "bpf") {
  return {.source = source, .seconds = 0.5, .snapshot = Error{.code = 5, .message = "gone"}};
}

}  // namespace packetdrop
