// SPDX-License-Identifier: Apache-2.0
// From readings to the text of one scrape.
#include "metrics/scrape.h"

#include "metrics/packet_collectable.h"
#include "metrics/process_collectable.h"
#include "metrics/text_writer.h"

namespace packetdrop {

std::string render_scrape(const ScrapeInput& input, ExpositionFormat format) {
  std::string text;
  const PacketCollectable packets(input.readings, input.preflight, input.server,
                                  input.created_timestamps);
  write_families(packets.Collect(), format, text);
  if (input.exporter_metrics) write_families(ProcessCollectable().Collect(), format, text);
  write_end(format, text);
  return text;
}

}  // namespace packetdrop
