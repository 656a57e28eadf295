// SPDX-License-Identifier: Apache-2.0
// From readings to the text of one scrape.
#include "metrics/scrape.h"

#include "metrics/packet_families.h"
#include "metrics/process_collectable.h"
#include "metrics/text_writer.h"

namespace packetdrop {

void render_scrape(const ScrapeInput& input, ExpositionFormat format, std::string& out) {
  write_packet_families(input, format, out);
  if (input.exporter_metrics) write_families(ProcessCollectable().Collect(), format, out);
  write_end(format, out);
}

std::string render_scrape(const ScrapeInput& input, ExpositionFormat format) {
  std::string text;
  render_scrape(input, format, text);
  return text;
}

}  // namespace packetdrop
