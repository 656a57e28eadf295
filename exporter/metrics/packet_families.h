// SPDX-License-Identifier: Apache-2.0
// The packetdrop_* families of one scrape, as text.
#pragma once

#include <string>

#include "metrics/scrape.h"

namespace packetdrop {

// Appends every family in a fixed order; one without a series is left out. Written straight into
// the text while the rows are walked, without prometheus-cpp's structures in between. Counters are
// shown as the doubles that Prometheus makes of them: exact up to 2^53, above that the nearest
// double. Thread-safe.
void write_packet_families(const ScrapeInput& scrape, ExpositionFormat format, std::string& out);

}  // namespace packetdrop
