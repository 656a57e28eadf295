// SPDX-License-Identifier: Apache-2.0
// Chooses the exposition format that an Accept header asks for.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "metrics/scrape.h"

namespace packetdrop {
namespace {

// Where a media range leads, and how closely it names it: a closer one overrides the others.
struct Known {
  std::string_view range;
  std::string_view version;  // the one that we have; none may be asked for too
  ExpositionFormat format;
  int closeness;
};

// A wildcard never means OpenMetrics: who wants it says so.
constexpr std::array<Known, 4> kKnown = {{
    {"application/openmetrics-text", "1.0.0", ExpositionFormat::kOpenMetrics, 2},
    {"text/plain", "0.0.4", ExpositionFormat::kText, 2},
    {"text/*", "", ExpositionFormat::kText, 1},
    {"*/*", "", ExpositionFormat::kText, 0},
}};

struct MediaRange {
  std::string_view name;
  std::string_view version;
  double quality = 1;
};

std::optional<MediaRange> parse_range(std::string_view text) {
  MediaRange range;
  range.name = next_part(text, ';');
  while (!text.empty()) {
    std::string_view value = next_part(text, ';');
    const std::string_view name = next_part(value, '=');
    value = trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    if (equal_ignoring_case(name, "version")) {
      range.version = value;
    } else if (equal_ignoring_case(name, "q")) {
      const std::optional<double> quality = parse_weight(value);
      if (!quality) return std::nullopt;
      range.quality = *quality;
    }
  }
  return range;
}

const Known* find_known(const MediaRange& range) {
  const auto* const found = std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& known) {
    return equal_ignoring_case(range.name, known.range) &&
           (range.version.empty() || range.version == known.version);
  });
  return found == kKnown.end() ? nullptr : found;
}

struct Preference {
  int closeness = -1;
  double quality = 0;
};

}  // namespace

ExpositionFormat negotiate_format(std::string_view accept) {
  std::array<Preference, 2> preferences;
  while (!accept.empty()) {
    const std::optional<MediaRange> range = parse_range(next_part(accept, ','));
    const Known* const known = range ? find_known(*range) : nullptr;
    if (known == nullptr) continue;
    Preference& preference = preferences[static_cast<std::size_t>(known->format)];
    const Preference offered{.closeness = known->closeness, .quality = range->quality};
    if (std::pair(offered.closeness, offered.quality) >
        std::pair(preference.closeness, preference.quality))
      preference = offered;
  }
  const double text = preferences[static_cast<std::size_t>(ExpositionFormat::kText)].quality;
  const double open = preferences[static_cast<std::size_t>(ExpositionFormat::kOpenMetrics)].quality;
  return open > 0 && open >= text ? ExpositionFormat::kOpenMetrics : ExpositionFormat::kText;
}

std::string_view content_type(ExpositionFormat format) {
  return format == ExpositionFormat::kOpenMetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace packetdrop
