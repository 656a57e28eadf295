// SPDX-License-Identifier: Apache-2.0
// Writes the series of one family straight into the text of a scrape.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "metrics/text_writer.h"

namespace packetdrop {

// Written as name="value", the value escaped.
struct Label {
  std::string_view name;
  std::string_view value;
};

// Labels in their final form, for those that are the same in every scrape.
struct LabelText {
  std::string text;
};
LabelText label_text(std::initializer_list<Label> labels);

// Labels are given as any mix of Label and LabelText, and appear in that order.
class SeriesWriter {
 public:
  // `title` goes above the first series. Everything must outlive the writer.
  SeriesWriter(std::string_view name, std::string_view title, std::string& out)
      : name_(name), title_(title), out_(out), start_(name) {}

  // The first label of every series from here on.
  void set_source(std::string_view source);

  template <typename Value, typename... Labels>
  void add(Value value, const Labels&... labels) {
    out_ += title_;
    title_ = {};
    write_line(start_, value, labels...);
  }

  // Below the series that was added last: when it began, rounded down to a millisecond. `labels`
  // are that series' own. Nothing where `time` is the epoch, which means that it is not known.
  template <typename... Labels>
  void add_created(std::chrono::system_clock::time_point time, const Labels&... labels) {
    if (const double seconds = created_seconds(time); seconds != 0)
      write_line(created_start_, seconds, labels...);
  }

 private:
  template <typename Value, typename... Labels>
  void write_line(std::string_view start, Value value, const Labels&... labels) {
    out_ += start;
    separator_ = has_source_ ? ',' : '{';
    (write(labels), ...);
    if (separator_ == ',') out_ += '}';
    out_ += ' ';
    write_number(value, out_);
    out_ += '\n';
  }

  void write(const Label& label) {
    out_ += separator_;
    write_label(label.name, label.value, out_);
    separator_ = ',';
  }
  void write(const LabelText& labels) {
    out_ += separator_;
    out_ += labels.text;
    separator_ = ',';
  }

  static double created_seconds(std::chrono::system_clock::time_point time);

  std::string_view name_;
  std::string_view title_;
  std::string& out_;
  std::string start_;          // name{source="bpf"
  std::string created_start_;  // the same of the _created series
  bool has_source_ = false;
  char separator_ = '{';
};

}  // namespace packetdrop
