// SPDX-License-Identifier: Apache-2.0
// One source as one scrape found it.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/snapshot.h"

namespace packetdrop {

struct SourceReading {
  std::string_view source;  // Source::name()
  double seconds = 0;       // how long read() took
  Result<Snapshot> snapshot;

  // Not on this host, or not now: nothing is wrong with that.
  bool absent() const { return !snapshot && snapshot.error().absent(); }

  // Why this source cannot count on this host; empty where it can.
  const std::string& unusable() const {
    return snapshot ? snapshot->unusable : snapshot.error().message;
  }

  // Why it cannot count drops on this host, or nothing at all; empty where it can. Whether the
  // tracepoint of drops can be attached shows only while the source is active.
  std::string not_ready() const {
    if (!unusable().empty() || !snapshot->active || snapshot->probes[PD_PROBE_KFREE_SKB].attached)
      return unusable();
    return "drops are not counted: " + to_string(snapshot->probes[PD_PROBE_KFREE_SKB].refusals);
  }
};

}  // namespace packetdrop
