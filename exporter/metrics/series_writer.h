// SPDX-License-Identifier: Apache-2.0
// Writes the series of one family that is not a view straight into the text of a scrape.
#pragma once

#include <string>
#include <string_view>

#include "metrics/text_writer.h"

namespace packetdrop {

// Written as name="value", the value escaped.
struct Label {
  std::string_view name;
  std::string_view value;
};

class SeriesWriter {
 public:
  // `title` goes above the first series. Everything must outlive the writer.
  SeriesWriter(std::string_view name, std::string_view title, std::string& out)
      : title_(title), out_(out), name_(name) {}

  // The first label of every series from here on.
  void set_source(std::string_view source);

  template <typename Value, typename... Labels>
  void add(Value value, const Labels&... labels) {
    out_ += title_;
    title_ = {};
    out_ += name_;
    out_ += source_;
    separator_ = source_.empty() ? '{' : ',';
    (write(labels), ...);
    if (separator_ == ',') out_ += '}';
    out_ += ' ';
    write_number(value, out_);
    out_ += '\n';
  }

 private:
  void write(const Label& label) {
    out_ += separator_;
    write_label(label.name, label.value, out_);
    separator_ = ',';
  }

  std::string_view title_;
  std::string& out_;
  std::string_view name_;
  std::string source_;  // {source="bpf"
  char separator_ = '{';
};

}  // namespace packetdrop
