// SPDX-License-Identifier: Apache-2.0
// The packetdrop_* families of one scrape, as text.
#include "metrics/packet_families.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/version.h"
#include "metrics/help.h"
#include "metrics/packet_labels.h"
#include "metrics/series_writer.h"
#include "model/drop_views.h"

namespace packetdrop {
namespace {

using prometheus::MetricType;

struct SourceDrops {
  std::string_view source;
  DropViews views;
};

struct Input {
  const ScrapeInput& scrape;
  bool created_timestamps;
  std::vector<SourceDrops> drops;  // of the readings that have a snapshot
};

// Every series that `visit` adds has that snapshot's source as its first label.
template <typename Visit>
void for_each_snapshot(const Input& in, SeriesWriter& out, Visit visit) {
  for (const SourceReading& reading : in.scrape.readings) {
    if (!reading.snapshot) continue;
    out.set_source(reading.source);
    visit(*reading.snapshot);
  }
}

template <typename Visit>
void for_each_drops(const Input& in, SeriesWriter& out, Visit visit) {
  for (const SourceDrops& drops : in.drops) {
    out.set_source(drops.source);
    visit(drops.views);
  }
}

void write_active(const Input& in, SeriesWriter& out) {
  for_each_snapshot(in, out, [&](const Snapshot& snapshot) { out.add(snapshot.active); });
}

void write_ready(const Input& in, SeriesWriter& out) {
  for_each_snapshot(in, out, [&](const Snapshot& snapshot) { out.add(snapshot.unusable.empty()); });
}

void write_attached(const Input& in, SeriesWriter& out) {
  for_each_snapshot(in, out, [&](const Snapshot& snapshot) {
    for (const ProbeInfo& hook : hooks())
      out.add(snapshot.probes[hook.id].attached, Label{"hook", hook.label});
  });
}

void write_hook_info(const Input& in, SeriesWriter& out) {
  for_each_snapshot(in, out, [&](const Snapshot& snapshot) {
    for (const ProbeInfo& hook : hooks()) {
      const ProbeState& state = snapshot.probes[hook.id];
      if (!state.attached) continue;
      out.add(true, Label{"hook", hook.label}, Label{"mechanism", state.mechanism},
              Label{"target", state.target}, Label{"exact", state.exact ? "true" : "false"});
    }
  });
}

template <std::uint64_t Counters::*unit>
void write_hook_counters(const Input& in, SeriesWriter& out) {
  for_each_snapshot(in, out, [&](const Snapshot& snapshot) {
    for (const ProbeInfo& hook : hooks())
      for (std::size_t key = 0; key < kKeyCount; key++)
        if (is_legal(hook, key))
          out.add(snapshot.counters[hook.id][key].*unit, hook_labels(hook.hook()), key_labels(key));
  });
}

void write_transmit_not_ok(const Input& in, SeriesWriter& out) {
  for_each_snapshot(in, out, [&](const Snapshot& snapshot) {
    for (std::size_t i = 0; i < kTxResultCount; i++)
      out.add(snapshot.tx_results[i], Label{"result", tx_results()[i].label});
  });
}

void write_missed(const Input& in, SeriesWriter& out) {
  for_each_snapshot(in, out, [&](const Snapshot& snapshot) {
    for (std::size_t i = 0; i < kMissCauseCount; i++)
      out.add(snapshot.missed[i], Label{"cause", miss_causes()[i].label});
  });
}

void write_drops_attached(const Input& in, SeriesWriter& out) {
  for_each_snapshot(in, out, [&](const Snapshot& snapshot) {
    out.add(snapshot.probes[PD_PROBE_KFREE_SKB].attached);
  });
}

// A series of drops begins with its first drop, and says so where that was asked for.
template <typename Row, typename... Labels>
void write_row(const Input& in, SeriesWriter& out, const Row& row, const Labels&... labels) {
  out.add(row.count, labels...);
  if (in.created_timestamps) out.add_created(row.since, labels...);
}

void write_drops(const Input& in, SeriesWriter& out) {
  for_each_drops(in, out, [&](const DropViews& views) {
    for (const ReasonRow& row : views.by_reason)
      write_row(in, out, row, Label{"reason", row.reason}, verdict_labels(row.verdict),
                key_labels(row.key));
  });
}

void write_drops_by_class(const Input& in, SeriesWriter& out) {
  for_each_drops(in, out, [&](const DropViews& views) {
    for (const DropClassInfo& drop_class : drop_classes())
      for (const DropLayerInfo& layer : drop_layers())
        out.add(views.count_of(drop_class.id, layer.id),
                verdict_labels({.drop_class = drop_class.id, .layer = layer.id}));
  });
}

void write_drop_functions(const Input& in, SeriesWriter& out) {
  for_each_drops(in, out, [&](const DropViews& views) {
    for (const FunctionRow& row : views.by_function)
      write_row(in, out, row, Label{"function", row.function}, Label{"reason", row.reason});
  });
}

void write_drops_folded(const Input& in, SeriesWriter& out) {
  for_each_drops(in, out, [&](const DropViews& views) { out.add(views.folded); });
}

void write_preflight(const Input& in, SeriesWriter& out) {
  for (const Finding& finding : in.scrape.preflight)
    if (finding.ok) out.add(*finding.ok, Label{"check", finding.check});
}

void write_duration(const Input& in, SeriesWriter& out) {
  for (const SourceReading& reading : in.scrape.readings) {
    out.set_source(reading.source);
    out.add(reading.seconds);
  }
}

void write_success(const Input& in, SeriesWriter& out) {
  for (const SourceReading& reading : in.scrape.readings) {
    out.set_source(reading.source);
    out.add(static_cast<bool>(reading.snapshot));
  }
}

void write_connections_refused(const Input& in, SeriesWriter& out) {
  out.add(in.scrape.server.connections_refused);
}

void write_web_config(const Input& in, SeriesWriter& out) {
  if (const auto& reloaded = in.scrape.server.web_config_reloaded) out.add(*reloaded);
}

void write_build_info(const Input&, SeriesWriter& out) {
  const BuildInfo& info = build_info();
  out.add(true, Label{"version", info.version}, Label{"revision", info.revision},
          Label{"compiler", info.compiler});
}

struct FamilyRow {
  std::string name;
  MetricType type;
  void (*write)(const Input&, SeriesWriter&);
  std::string help;
};

const std::vector<FamilyRow>& families() {
  static const std::vector<FamilyRow> kFamilies = {
      {"packetdrop_active", MetricType::Gauge, write_active,
       "Whether the source counts now, 1 or 0; its counters stay as they are while it does not."},
      {"packetdrop_source_ready", MetricType::Gauge, write_ready,
       "Whether the source can count on this host, 1 or 0, also while it is not active; "
       "/api/v1/status says why not."},
      {"packetdrop_hook_attached", MetricType::Gauge, write_attached,
       "Whether the hook is attached, 1 or 0; /api/v1/status says why not."},
      {"packetdrop_hook_info", MetricType::Gauge, write_hook_info, hook_info_help()},
      {"packetdrop_hook_packets_total", MetricType::Counter,
       write_hook_counters<&Counters::packets>, packets_help()},
      {"packetdrop_hook_segments_total", MetricType::Counter,
       write_hook_counters<&Counters::segments>, segments_help()},
      {"packetdrop_hook_bytes_total", MetricType::Counter, write_hook_counters<&Counters::bytes>,
       bytes_help()},
      {"packetdrop_transmit_not_ok_total", MetricType::Counter, write_transmit_not_ok,
       transmit_not_ok_help()},
      {"packetdrop_drops_attached", MetricType::Gauge, write_drops_attached,
       "Whether drops are counted, 1 or 0: the tracepoint kfree_skb is attached; /api/v1/status "
       "says why not."},
      {"packetdrop_drops_total", MetricType::Counter, write_drops, drops_help()},
      {"packetdrop_drops_by_class_total", MetricType::Counter, write_drops_by_class,
       drops_by_class_help()},
      {"packetdrop_drop_functions_total", MetricType::Counter, write_drop_functions,
       drop_functions_help()},
      {"packetdrop_drops_folded_total", MetricType::Counter, write_drops_folded,
       "Dropped packets (skbs) whose function did not fit into the table of their source or into "
       "the limit of series; they are under function=\"other\"."},
      {"packetdrop_missed_events_total", MetricType::Counter, write_missed, missed_events_help()},
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

// HELP, TYPE and UNIT of each family, in the order of families(): the same in every scrape.
std::vector<std::string> make_titles(ExpositionFormat format) {
  std::vector<std::string> titles;
  for (const FamilyRow& row : families())
    write_title(row.name, row.type, row.help, format, titles.emplace_back());
  return titles;
}

const std::vector<std::string>& titles(ExpositionFormat format) {
  static const std::array kTitles = {make_titles(ExpositionFormat::kText),
                                     make_titles(ExpositionFormat::kOpenMetrics)};
  return kTitles[static_cast<std::size_t>(format)];
}

}  // namespace

void write_packet_families(const ScrapeInput& scrape, ExpositionFormat format, std::string& out) {
  Input input{
      .scrape = scrape,
      .created_timestamps = scrape.created_timestamps && format == ExpositionFormat::kOpenMetrics,
      .drops = {}};
  for (const SourceReading& reading : scrape.readings)
    if (reading.snapshot)
      input.drops.push_back(
          {.source = reading.source, .views = view_drops(reading.snapshot->drops)});

  for (std::size_t i = 0; i < families().size(); i++) {
    const FamilyRow& row = families()[i];
    SeriesWriter writer(row.name, titles(format)[i], out);
    row.write(input, writer);
  }
}

}  // namespace packetdrop
