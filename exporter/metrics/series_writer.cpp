// SPDX-License-Identifier: Apache-2.0
// Writes the series of one family that is not a view straight into the text of a scrape.
#include "metrics/series_writer.h"

#include "views/view.h"

namespace packetdrop {

void SeriesWriter::set_source(std::string_view source) {
  source_ = "{";
  write_label(kSourceColumn.name, source, source_);
}

}  // namespace packetdrop
