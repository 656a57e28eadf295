// SPDX-License-Identifier: Apache-2.0
// From readings to the text of one scrape.
#include "metrics/scrape.h"

#include <algorithm>

#include "metrics/packet_families.h"
#include "metrics/process_collectable.h"
#include "metrics/text_writer.h"

namespace packetdrop {

namespace {

// Somewhat above what a scrape with a few hundred drops needs, so that the string grows once; pages
// that are never written to cost nothing.
std::size_t estimate(const ScrapeInput& input) {
  static constexpr std::size_t kTitles = 16 << 10;
  static constexpr std::size_t kSource = 40 << 10;
  static constexpr std::size_t kDrop = 512;
  static constexpr std::size_t kMostDrops = 600;
  std::size_t bytes = kTitles;
  for (const SourceReading& reading : input.readings)
    if (reading.snapshot)
      bytes += kSource + kDrop * std::min(reading.snapshot->drops.size(), kMostDrops);
  return bytes;
}

}  // namespace

std::string render_scrape(const ScrapeInput& input, ExpositionFormat format) {
  std::string text;
  text.reserve(estimate(input));
  write_packet_families(input, format, text);
  if (input.exporter_metrics) write_families(ProcessCollectable().Collect(), format, text);
  write_end(format, text);
  return text;
}

}  // namespace packetdrop
