// SPDX-License-Identifier: Apache-2.0
// Writes metric families as text 0.0.4 or as OpenMetrics 1.0.0.
#include "metrics/text_writer.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace packetdrop {
namespace {

using prometheus::MetricType;

constexpr std::string_view kTotal = "_total";

// What a family is called above its samples.
struct Title {
  std::string_view name;
  std::string_view type;
  std::string_view unit;  // empty: none is said
};

bool remove_suffix(std::string_view& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return true;
}

std::string_view unit_of(std::string_view name) {
  static constexpr std::array<std::string_view, 2> kSuffixes = {"_bytes", "_seconds"};
  for (const std::string_view suffix : kSuffixes)
    if (name.ends_with(suffix)) return suffix.substr(1);
  return {};
}

std::string_view type_name(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Histogram:
      return "histogram";
    default:
      return "gauge";
  }
}

Title title_of(std::string_view name, MetricType type, ExpositionFormat format) {
  Title title{.name = name, .type = type_name(type), .unit = {}};
  if (format == ExpositionFormat::kText) return title;
  if (type == MetricType::Counter) {
    remove_suffix(title.name, kTotal);
  } else if (type == MetricType::Gauge && remove_suffix(title.name, "_info")) {
    title.type = "info";
  }
  title.unit = unit_of(title.name);
  return title;
}

// Both formats escape backslash and newline; the quote not in HELP of text 0.0.4. Label values are
// short: a compare for each byte is faster than a search.
void write_escaped(std::string_view text, bool quotes, std::string& out) {
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); i++) {
    const char c = text[i];
    if (c != '\\' && c != '\n' && !(c == '"' && quotes)) continue;
    out.append(text, done, i - done);
    out += '\\';
    out += c == '\n' ? 'n' : c;
    done = i + 1;
  }
  out.append(text, done);
}

void write_comment(std::string_view keyword, std::string_view name, std::string& out) {
  out.append("# ").append(keyword).append(" ").append(name).append(" ");
}

void write_sample(std::string_view name, double value,
                  const std::vector<prometheus::ClientMetric::Label>& labels, std::string& out) {
  out += name;
  char separator = '{';
  for (const auto& label : labels) {
    out += separator;
    write_label(label.name, label.value, out);
    separator = ',';
  }
  if (!labels.empty()) out += '}';
  out += ' ';
  write_number(value, out);
  out += '\n';
}

}  // namespace

void write_title(std::string_view name, MetricType type, std::string_view help,
                 ExpositionFormat format, std::string& out) {
  const Title title = title_of(name, type, format);
  write_comment("HELP", title.name, out);
  write_escaped(help, format == ExpositionFormat::kOpenMetrics, out);
  out += '\n';
  write_comment("TYPE", title.name, out);
  out.append(title.type) += '\n';
  if (title.unit.empty()) return;
  write_comment("UNIT", title.name, out);
  out.append(title.unit) += '\n';
}

void write_label(std::string_view name, std::string_view value, std::string& out) {
  out.append(name).append("=\"");
  write_escaped(value, true, out);
  out += '"';
}

bool needs_escape(std::string_view value) {
  bool found = false;
  for (const char c : value) found |= c == '\\' || c == '\n' || c == '"';
  return found;
}

void write_escaped_value(std::string_view value, std::string& out) {
  write_escaped(value, true, out);
}

std::string created_name(std::string_view counter) {
  remove_suffix(counter, kTotal);
  return std::string(counter).append("_created");
}

std::string_view number_text(std::uint64_t value, NumberText& text) {
  static constexpr std::uint64_t kExact = std::uint64_t{1} << 53;
  if (value > kExact) return number_text(static_cast<double>(value), text);
  const auto result = std::to_chars(text.data(), text.data() + text.size(), value);
  return {text.data(), result.ptr};
}

std::string_view number_text(double value, NumberText& text) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // to_chars() would choose 1e+05 for 100000.
  const bool integer = value >= 0 && value < 0x1p64 && value == std::trunc(value);
  char* const end = text.data() + text.size();
  const auto result = integer ? std::to_chars(text.data(), end, static_cast<std::uint64_t>(value))
                              : std::to_chars(text.data(), end, value);
  return {text.data(), result.ptr};
}

void write_number(std::uint64_t value, std::string& out) {
  NumberText text;
  out += number_text(value, text);
}

void write_number(double value, std::string& out) {
  NumberText text;
  out += number_text(value, text);
}

void write_number(bool value, std::string& out) { out += value ? '1' : '0'; }

void write_families(std::span<const prometheus::MetricFamily> families, ExpositionFormat format,
                    std::string& out) {
  for (const auto& family : families) {
    if (family.metric.empty()) continue;
    write_title(family.name, family.type, family.help, format, out);
    const bool counter = family.type == MetricType::Counter;
    for (const auto& metric : family.metric)
      write_sample(family.name, counter ? metric.counter.value : metric.gauge.value, metric.label,
                   out);
  }
}

void write_end(ExpositionFormat format, std::string& out) {
  if (format == ExpositionFormat::kOpenMetrics) out += "# EOF\n";
}

}  // namespace packetdrop
