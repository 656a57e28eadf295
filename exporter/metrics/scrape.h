// SPDX-License-Identifier: Apache-2.0
// From readings to the text of one scrape.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "model/finding.h"
#include "model/reading.h"

namespace packetdrop {

enum class ExpositionFormat { kText, kOpenMetrics };  // text 0.0.4, OpenMetrics 1.0.0

// The format that an Accept header asks for; text if it asks for none of them.
ExpositionFormat negotiate_format(std::string_view accept);

// The Content-Type of an answer in that format.
std::string_view content_type(ExpositionFormat format);

// Facts about the server itself.
struct ServerFacts {
  // Whether the web configuration file is in force as it stands; nothing without one.
  std::optional<bool> web_config_reloaded = {};
  std::uint64_t connections_refused = 0;
};

struct ScrapeInput {
  std::span<const SourceReading> readings;
  std::span<const Finding> preflight;
  bool exporter_metrics = true;  // process_*
  ServerFacts server = {};
  bool created_timestamps = false;  // _created of each series that begins with its first drop
};

// Appends the text of one scrape.
void render_scrape(const ScrapeInput& input, ExpositionFormat format, std::string& out);
std::string render_scrape(const ScrapeInput& input, ExpositionFormat format);

}  // namespace packetdrop
