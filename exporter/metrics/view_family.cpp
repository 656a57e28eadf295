// SPDX-License-Identifier: Apache-2.0
// Turns a view into the families of a scrape.
#include "metrics/view_family.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "metrics/text_writer.h"
#include "views/view_input.h"

namespace packetdrop {
namespace {

using prometheus::MetricType;

MetricType type_of(ViewKind kind) {
  switch (kind) {
    case ViewKind::kGauge:
      return MetricType::Gauge;
    case ViewKind::kHistogram:
      return MetricType::Histogram;
    default:
      return MetricType::Counter;
  }
}

// name{source="bpf"
std::string start_of(std::string_view name, std::string_view source) {
  std::string start = std::string(name) + '{';
  write_label(kSourceColumn.name, source, start);
  return start;
}

void add_value(const Column& column, std::string_view text, TextBuffer& out) {
  if (column.fixed || !needs_escape(text)) return out.add(text);
  std::string escaped;
  write_escaped_value(text, escaped);
  out.add(escaped);
}

template <typename Value>
void add_number(Value value, TextBuffer& out) {
  NumberText text;
  out.add(number_text(value, text));
  out.add("\n");
}

// Rounded down to a millisecond: never after the first event. 0: not known.
double created_seconds(std::chrono::system_clock::time_point time) {
  const auto since_epoch = std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch();
  return std::chrono::duration<double>(since_epoch).count();
}

// As client libraries write bounds: 0.0005 and not 5e-04, 1e-06 and not 0.000001. OpenMetrics wants
// a float: 1.0, where text 0.0.4 has 1.
std::string bound_text(double bound, ExpositionFormat format) {
  if (!std::isfinite(bound)) return "+Inf";
  std::array<char, 32> text;
  char* const end = text.data() + text.size();
  const bool plain = bound == 0 || (bound >= 1e-4 && bound < 1e10);
  const auto result = std::to_chars(
      text.data(), end, bound, plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string written(text.data(), result.ptr);
  if (format == ExpositionFormat::kOpenMetrics && plain && written.find('.') == std::string::npos)
    written += ".0";
  return written;
}

}  // namespace

ViewFamily::ViewFamily(const ViewInfo& info, ExpositionFormat format)
    : info_(info),
      created_name_(created_name(info.metric)),
      end_(info.columns.empty() ? "} " : "\"} ") {
  write_title(info.metric, type_of(info.kind), info.help(), format, title_);
  if (!info.overflow.metric.empty())
    write_title(info.overflow.metric, MetricType::Counter, info.overflow.help(), format,
                overflow_title_);
  for (const Column& column : info.columns)
    before_.push_back((before_.empty() ? "," : "\",") + std::string(column.name) + "=\"");
  if (info.constant) prepare_labels();
  if (info.kind == ViewKind::kHistogram) prepare_ends(format);
}

void ViewFamily::prepare_labels() {
  const Snapshot empty;
  for (const ViewRow& row : make_view(info_, ViewInput(empty)).rows) {
    TextBuffer labels(labels_.emplace_back());
    write_labels(row, labels);
    labels.add(end_);
  }
}

void ViewFamily::prepare_ends(ExpositionFormat format) {
  std::vector<double> bounds(info_.bounds.begin(), info_.bounds.end());
  bounds.push_back(std::numeric_limits<double>::infinity());
  for (const double bound : bounds) {
    std::string& end = ends_.emplace_back(info_.columns.empty() ? "," : "\",");
    write_label("le", bound_text(bound, format), end);
    end += "} ";
  }
}

void ViewFamily::write(std::span<const SourceView> views, bool created, std::string& out) const {
  {
    TextBuffer buffer(out);
    bool titled = false;
    for (const SourceView& view : views) {
      if (view.view.rows.empty()) continue;
      if (!titled) buffer.add(title_);
      titled = true;
      if (info_.kind == ViewKind::kHistogram)
        write_histograms(view, created, buffer);
      else
        write_rows(view, created, buffer);
    }
  }
  if (!overflow_title_.empty()) write_overflow(views, out);
}

void ViewFamily::write_labels(const ViewRow& row, TextBuffer& out) const {
  for (std::size_t i = 0; i < before_.size(); i++) {
    out.add(before_[i]);
    add_value(info_.columns[i], row.cells[i], out);
  }
}

void ViewFamily::write_rows(const SourceView& view, bool created, TextBuffer& out) const {
  const std::string start = start_of(info_.metric, view.source);
  if (info_.constant) {
    for (std::size_t i = 0; i < labels_.size(); i++) {
      out.add(start);
      out.add(labels_[i]);
      add_number(view.view.rows[i].number, out);
    }
    return;
  }
  const std::string created_start = start_of(created_name_, view.source);
  for (const ViewRow& row : view.view.rows) {
    out.add(start);
    write_labels(row, out);
    out.add(end_);
    add_number(row.number, out);
    if (!created || !info_.dated) continue;
    const double seconds = created_seconds(row.since);
    if (seconds == 0) continue;
    out.add(created_start);
    write_labels(row, out);
    out.add(end_);
    add_number(seconds, out);
  }
}

void ViewFamily::write_histograms(const SourceView& view, bool created, TextBuffer& out) const {
  const std::string metric(info_.metric);
  const std::string bucket_start = start_of(metric + "_bucket", view.source);
  const std::string sum_start = start_of(metric + "_sum", view.source);
  const std::string count_start = start_of(metric + "_count", view.source);
  const std::string created_start = start_of(created_name_, view.source);
  const auto add_line = [&](std::string_view start, const ViewRow& row, std::string_view end,
                            auto value) {
    out.add(start);
    write_labels(row, out);
    out.add(end);
    add_number(value, out);
  };
  for (std::size_t i = 0; i < view.view.rows.size(); i++) {
    const ViewRow& row = view.view.rows[i];
    const Distribution& distribution = view.view.distributions[i];
    std::uint64_t below = 0;
    for (std::size_t bucket = 0; bucket < ends_.size(); bucket++)
      add_line(bucket_start, row, ends_[bucket], below += distribution.buckets[bucket]);
    add_line(sum_start, row, end_, distribution.sum);
    add_line(count_start, row, end_, below);
    if (const double seconds = created && info_.dated ? created_seconds(row.since) : 0;
        seconds != 0)
      add_line(created_start, row, end_, seconds);
  }
}

void ViewFamily::write_overflow(std::span<const SourceView> views, std::string& out) const {
  if (views.empty()) return;
  TextBuffer buffer(out);
  buffer.add(overflow_title_);
  for (const SourceView& view : views) {
    buffer.add(start_of(info_.overflow.metric, view.source));
    buffer.add("} ");
    add_number(view.view.overflow, buffer);
  }
}

}  // namespace packetdrop
