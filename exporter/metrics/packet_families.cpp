// SPDX-License-Identifier: Apache-2.0
// The packetdrop_* families of one scrape, as text.
#include "metrics/packet_families.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.h"
#include "metrics/series_writer.h"
#include "metrics/view_family.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

using prometheus::MetricType;

void write_preflight(const ScrapeInput& in, SeriesWriter& out) {
  for (const Finding& finding : in.preflight)
    if (finding.ok) out.add(*finding.ok, Label{"check", finding.check});
}

void write_duration(const ScrapeInput& in, SeriesWriter& out) {
  for (const SourceReading& reading : in.readings) {
    out.set_source(reading.source);
    out.add(reading.seconds);
  }
}

void write_success(const ScrapeInput& in, SeriesWriter& out) {
  for (const SourceReading& reading : in.readings) {
    out.set_source(reading.source);
    out.add(static_cast<bool>(reading.snapshot));
  }
}

void write_connections_refused(const ScrapeInput& in, SeriesWriter& out) {
  out.add(in.server.connections_refused);
}

void write_web_config(const ScrapeInput& in, SeriesWriter& out) {
  if (const auto& reloaded = in.server.web_config_reloaded) out.add(*reloaded);
}

void write_build_info(const ScrapeInput&, SeriesWriter& out) {
  const BuildInfo& info = build_info();
  out.add(true, Label{"version", info.version}, Label{"revision", info.revision},
          Label{"compiler", info.compiler});
}

struct FamilyRow {
  std::string name;
  MetricType type;
  void (*write)(const ScrapeInput&, SeriesWriter&);
  std::string help;
};

const std::vector<FamilyRow>& families() {
  static const std::vector<FamilyRow> kFamilies = {
      {"packetdrop_preflight_ok", MetricType::Gauge, write_preflight,
       "Whether the host allows what the check names, 1 or 0; absent where it cannot be told. "
       "/api/v1/status says what was found and what to do."},
      {"packetdrop_scrape_source_duration_seconds", MetricType::Gauge, write_duration,
       "Seconds that it took to read the source in this scrape."},
      {"packetdrop_scrape_source_success", MetricType::Gauge, write_success,
       "Whether the source could be read in this scrape, 1 or 0; while 0 it has no other series."},
      {"packetdrop_http_connections_refused_total", MetricType::Counter, write_connections_refused,
       "Connections closed unanswered, because their network (IPv4 address or IPv6 /64) already "
       "had its share of connections."},
      {"packetdrop_web_config_last_reload_successful", MetricType::Gauge, write_web_config,
       "1 or 0: 1 while the file of --web.config.file is in force as it stands; 0 while it is "
       "broken: the log says why, and the previous one stays in force. Absent without that flag."},
      {"packetdrop_build_info", MetricType::Gauge, write_build_info,
       "Version, git revision and compiler of this exporter, value 1."},
  };
  return kFamilies;
}

// What is the same in every scrape of one format.
struct Prepared {
  std::vector<ViewFamily> views;
  std::vector<std::string> titles;  // HELP, TYPE and UNIT, by families()
};

Prepared prepare(ExpositionFormat format) {
  Prepared prepared;
  for (const ViewInfo* info : views())
    if (!info->metric.empty()) prepared.views.emplace_back(*info, format);
  for (const FamilyRow& row : families())
    write_title(row.name, row.type, row.help, format, prepared.titles.emplace_back());
  return prepared;
}

const Prepared& prepared(ExpositionFormat format) {
  static const std::array kPrepared = {prepare(ExpositionFormat::kText),
                                       prepare(ExpositionFormat::kOpenMetrics)};
  return kPrepared[static_cast<std::size_t>(format)];
}

struct SourceInput {
  std::string_view source;
  ViewInput input;
};

void write_views(const ScrapeInput& scrape, ExpositionFormat format, std::string& out) {
  std::vector<SourceInput> inputs;
  for (const SourceReading& reading : scrape.readings)
    if (reading.snapshot)
      inputs.push_back({.source = reading.source, .input = ViewInput(*reading.snapshot)});
  const bool created = scrape.created_timestamps && format == ExpositionFormat::kOpenMetrics;
  std::vector<SourceView> made;
  for (const ViewFamily& family : prepared(format).views) {
    made.clear();
    for (const SourceInput& input : inputs)
      made.push_back({.source = input.source, .view = make_view(family.info(), input.input)});
    family.write(made, created, out);
  }
}

}  // namespace

void write_packet_families(const ScrapeInput& scrape, ExpositionFormat format, std::string& out) {
  write_views(scrape, format, out);
  for (std::size_t i = 0; i < families().size(); i++) {
    const FamilyRow& row = families()[i];
    SeriesWriter writer(row.name, prepared(format).titles[i], out);
    row.write(scrape, writer);
  }
}

}  // namespace packetdrop
