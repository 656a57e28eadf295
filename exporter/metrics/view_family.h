// SPDX-License-Identifier: Apache-2.0
// Turns a view into the families of a scrape.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/scrape.h"
#include "metrics/text_buffer.h"
#include "views/view.h"

namespace packetdrop {

// A view of one source's snapshot.
struct SourceView {
  std::string_view source;
  View view;
};

// The family of a view, and that of its overflow, in one format. Prepares what is the same in every
// scrape. Thread-safe once made; `info` must outlive it.
class ViewFamily {
 public:
  // `info` has a metric.
  ViewFamily(const ViewInfo& info, ExpositionFormat format);

  const ViewInfo& info() const { return info_; }

  // Appends the series of all `views`, which are of info(); nothing where there are no rows.
  // `created`: with a _created line for each row whose first event is known.
  void write(std::span<const SourceView> views, bool created, std::string& out) const;

 private:
  void prepare_labels();
  void prepare_ends(ExpositionFormat format);
  void write_rows(const SourceView& view, bool created, TextBuffer& out) const;
  void write_histograms(const SourceView& view, bool created, TextBuffer& out) const;
  void write_overflow(std::span<const SourceView> views, std::string& out) const;
  void write_labels(const ViewRow& row, TextBuffer& out) const;

  const ViewInfo& info_;
  std::string title_;
  std::string overflow_title_;
  std::string created_name_;
  // What stands before the value of each column, the end of the value before it included.
  std::vector<std::string> before_;
  std::string_view end_;             // of the labels
  std::vector<std::string> labels_;  // constant views: by row, to the end
  std::vector<std::string> ends_;    // the same of the buckets: label "le", then the end
};

}  // namespace packetdrop
