// SPDX-License-Identifier: Apache-2.0
// The text of the module's file, and what a scrape makes of whatever passes the parser.
#include "sources/kmod/proc_text.h"

#include <array>

#include "fuzz/target.h"
#include "metrics/scrape.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace packetdrop;
  const Result<Snapshot> snapshot = parse_proc_text(as_text(data, size));
  if (!snapshot) {
    require(!snapshot.error().message.empty());
    return 0;
  }
  const std::array readings = {
      SourceReading{.source = "kmod", .seconds = 0.001, .snapshot = *snapshot}};
  for (const ExpositionFormat format : {ExpositionFormat::kText, ExpositionFormat::kOpenMetrics}) {
    const std::string text =
        render_scrape({.readings = readings, .preflight = {}, .exporter_metrics = false}, format);
    require(text.ends_with('\n'));
  }
  return 0;
}
