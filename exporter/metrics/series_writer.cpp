// SPDX-License-Identifier: Apache-2.0
// Writes the series of one family straight into the text of a scrape.
#include "metrics/series_writer.h"

namespace packetdrop {

LabelText label_text(std::initializer_list<Label> labels) {
  LabelText joined;
  for (const Label& label : labels) {
    if (!joined.text.empty()) joined.text += ',';
    write_label(label.name, label.value, joined.text);
  }
  return joined;
}

void SeriesWriter::set_source(std::string_view source) {
  std::string label = "{";
  write_label("source", source, label);
  start_ = std::string(name_) + label;
  created_start_ = created_name(name_) + label;
  has_source_ = true;
}

double SeriesWriter::created_seconds(std::chrono::system_clock::time_point time) {
  const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch();
  return std::chrono::duration<double>(since_epoch).count();
}

}  // namespace packetdrop
