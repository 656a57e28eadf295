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
  bool absent() const { return !snapshot && snapshot.error().code == ENOENT; }

  // Why this source cannot count on this host; empty where it can.
  const std::string& unusable() const {
    return snapshot ? snapshot->unusable : snapshot.error().message;
  }
};

}  // namespace packetdrop
