// SPDX-License-Identifier: Apache-2.0
// The packetdrop_* families of one scrape, out of what its sources read.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <span>
#include <vector>

#include "metrics/scrape.h"
#include "model/preflight.h"
#include "model/reading.h"

namespace packetdrop {

// Looks at readings and findings that its owner keeps; both must outlive it. Counters leave here as
// double: exact up to 2^53, above that the nearest double (at 2^53 bytes the error is one byte).
class PacketCollectable : public prometheus::Collectable {
 public:
  PacketCollectable(std::span<const SourceReading> readings, std::span<const Finding> preflight,
                    const ServerFacts& server = {}, bool created_timestamps = false)
      : readings_(readings),
        preflight_(preflight),
        server_(server),
        created_timestamps_(created_timestamps) {}

  // Every family in a fixed order; one with nothing to say has no metric.
  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  std::span<const SourceReading> readings_;
  std::span<const Finding> preflight_;
  ServerFacts server_;
  bool created_timestamps_;
};

}  // namespace packetdrop
