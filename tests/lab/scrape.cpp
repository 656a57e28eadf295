// SPDX-License-Identifier: Apache-2.0
// Takes the text format apart, as far as the exporter's own series need it.
#include <charconv>

#include "lab/exporter.h"

namespace packetdrop::lab {
namespace {

// name{a="b",c="d"} 1.5
Result<Series> parse_line(std::string_view line) {
  const Error malformed{.code = 0, .message = "not a series: " + std::string(line)};
  Series series;
  const std::size_t space = line.rfind(' ');
  const std::size_t brace = line.find('{');
  if (space == std::string_view::npos) return malformed;
  series.name = line.substr(0, std::min(brace, space));

  const std::string_view number = line.substr(space + 1);
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), series.value);
  if (error != std::errc() || end != number.data() + number.size()) return malformed;
  if (brace == std::string_view::npos) return series;

  std::size_t at = brace + 1;
  while (at < space && line[at] != '}') {
    const std::size_t equals = line.find("=\"", at);
    const std::size_t quote =
        equals == std::string_view::npos ? equals : line.find('"', equals + 2);
    if (quote == std::string_view::npos || quote > space) return malformed;
    series.labels[std::string(line.substr(at, equals - at))] =
        line.substr(equals + 2, quote - equals - 2);
    at = quote + 1;
    if (line[at] == ',') at++;
  }
  return series;
}

bool includes(const Labels& all, const Labels& wanted) {
  for (const auto& [name, value] : wanted) {
    const auto found = all.find(name);
    if (found == all.end() || found->second != value) return false;
  }
  return true;
}

}  // namespace

Result<Scrape> Scrape::parse(const std::string& text) {
  Scrape scrape;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t newline = rest.find('\n');
    const std::string_view line = rest.substr(0, newline);
    rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
    if (line.empty() || line[0] == '#') continue;
    auto series = parse_line(line);
    if (!series) return series.error();
    scrape.series_.push_back(*std::move(series));
  }
  return scrape;
}

double Scrape::sum(const std::string& name, const Labels& labels) const {
  double total = 0;
  for (const Series& series : series_)
    if (series.name == name && includes(series.labels, labels)) total += series.value;
  return total;
}

Counters Scrape::counters(const ProbeInfo& hook, std::size_t key, const std::string& source) const {
  const Labels labels = {{"source", source},
                         {"hook", std::string(hook.label)},
                         {"family", std::string(keys()[key].family)},
                         {"protocol", std::string(keys()[key].protocol)}};
  const auto whole = [&](const char* name) {
    return static_cast<std::uint64_t>(sum(name, labels));
  };
  return {.packets = whole("packetdrop_hook_packets_total"),
          .segments = whole("packetdrop_hook_segments_total"),
          .bytes = whole("packetdrop_hook_bytes_total")};
}

}  // namespace packetdrop::lab
