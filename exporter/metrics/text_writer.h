// SPDX-License-Identifier: Apache-2.0
// Writes metric families as text 0.0.4 or as OpenMetrics 1.0.0.
#pragma once

#include <prometheus/metric_family.h>

#include <span>
#include <string>

#include "metrics/scrape.h"

namespace packetdrop {

// Appends `families` to `out`, those without metrics left out. Counters and gauges alone: nothing
// here is of another type. A counter's name ends in "_total"; a gauge whose name ends in "_info" is
// an OpenMetrics info. A counter's timestamp_ms says when it began, 0: not known; OpenMetrics gets
// it as "_created", right behind the sample, where Prometheus looks for it. prometheus-cpp has a
// writer for text 0.0.4 only, and over iostreams.
void write_families(std::span<const prometheus::MetricFamily> families, ExpositionFormat format,
                    std::string& out);

// What ends an exposition in that format.
void write_end(ExpositionFormat format, std::string& out);

// As both formats want a number: integers below 2^64 in digits alone, else the shortest text that
// reads back as the same double; "NaN", "+Inf", "-Inf".
void write_number(double value, std::string& out);

}  // namespace packetdrop
