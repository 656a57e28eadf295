// SPDX-License-Identifier: Apache-2.0
// Text 0.0.4 and OpenMetrics 1.0.0, piece by piece. prometheus-cpp has a writer for text 0.0.4
// only, and over iostreams. Every function here appends to `out`.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "metrics/scrape.h"

namespace packetdrop {

// Writes `families`, without those that have no metrics. Counters and gauges only; histograms are
// written by ViewFamily.
void write_families(std::span<const prometheus::MetricFamily> families, ExpositionFormat format,
                    std::string& out);

// The lines above the samples of a family: HELP, TYPE and, in OpenMetrics, UNIT. A counter's name
// ends in "_total"; a gauge whose name ends in "_info" is an OpenMetrics info.
void write_title(std::string_view name, prometheus::MetricType type, std::string_view help,
                 ExpositionFormat format, std::string& out);

// The end of an exposition in that format.
void write_end(ExpositionFormat format, std::string& out);

// name="value", the value escaped.
void write_label(std::string_view name, std::string_view value, std::string& out);

// Whether a label's value has a character that must be escaped; the value as it is written.
bool needs_escape(std::string_view value);
void write_escaped_value(std::string_view value, std::string& out);

// As both formats want a number: integers below 2^64 as digits only, else the shortest text that
// reads back as the same double; "NaN", "+Inf", "-Inf". A whole number above 2^53 is written as the
// nearest double, which is what Prometheus makes of it.
void write_number(double value, std::string& out);
void write_number(std::uint64_t value, std::string& out);
void write_number(bool value, std::string& out);

// The same, in `text`.
using NumberText = std::array<char, 32>;
std::string_view number_text(double value, NumberText& text);
std::string_view number_text(std::uint64_t value, NumberText& text);

// The name of the OpenMetrics series that gives the start time of a counter; Prometheus expects it
// directly behind the counter's sample.
std::string created_name(std::string_view counter);

}  // namespace packetdrop
