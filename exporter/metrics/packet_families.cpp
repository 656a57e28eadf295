// SPDX-License-Identifier: Apache-2.0
// The packetdrop_* families of one scrape, out of what its sources read.
#include "metrics/packet_collectable.h"

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/version.h"
#include "metrics/help.h"
#include "model/drop_views.h"

namespace packetdrop {
namespace {

using prometheus::MetricType;

struct SourceDrops {
  std::string_view source;
  DropViews views;
};

struct Input {
  std::span<const SourceReading> readings;
  std::span<const Finding> preflight;
  ServerFacts server;
  bool created_timestamps;
  std::vector<SourceDrops> drops;  // of the readings that have a snapshot
};

// Fills one family. Strings are built in place and vectors reserved: this is most of a scrape.
class Filler {
 public:
  using Label = std::pair<std::string_view, std::string_view>;

  explicit Filler(prometheus::MetricFamily& family) : family_(family) {}

  void reserve(std::size_t metrics) { family_.metric.reserve(metrics); }

  // Says of the series that was added last when it began, which text_writer.h writes as _created.
  // Rounded down: nothing was counted before that.
  void created(std::chrono::system_clock::time_point time) {
    family_.metric.back().timestamp_ms =
        std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
  }

  void add(double value, std::initializer_list<Label> labels) {
    prometheus::ClientMetric& metric = family_.metric.emplace_back();
    metric.label.reserve(labels.size());
    for (const auto& [name, text] : labels) {
      auto& label = metric.label.emplace_back();
      label.name.assign(name);
      label.value.assign(text);
    }
    (family_.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  }

  void add(std::uint64_t value, std::initializer_list<Label> labels) {
    add(static_cast<double>(value), labels);
  }
  void add(bool value, std::initializer_list<Label> labels) { add(value ? 1.0 : 0.0, labels); }

 private:
  prometheus::MetricFamily& family_;
};

template <typename Visit>
void for_each_snapshot(const Input& in, Visit visit) {
  for (const SourceReading& reading : in.readings)
    if (reading.snapshot) visit(reading.source, *reading.snapshot);
}

void fill_active(const Input& in, Filler& out) {
  for_each_snapshot(in, [&](std::string_view source, const Snapshot& snapshot) {
    out.add(snapshot.active, {{"source", source}});
  });
}

void fill_ready(const Input& in, Filler& out) {
  for_each_snapshot(in, [&](std::string_view source, const Snapshot& snapshot) {
    out.add(snapshot.unusable.empty(), {{"source", source}});
  });
}

void fill_attached(const Input& in, Filler& out) {
  for_each_snapshot(in, [&](std::string_view source, const Snapshot& snapshot) {
    for (const HookInfo& hook : hooks())
      out.add(snapshot.states[hook.id].attached, {{"source", source}, {"hook", hook.label}});
  });
}

void fill_hook_info(const Input& in, Filler& out) {
  for_each_snapshot(in, [&](std::string_view source, const Snapshot& snapshot) {
    for (const HookInfo& hook : hooks()) {
      const HookState& state = snapshot.states[hook.id];
      if (!state.attached) continue;
      out.add(true, {{"source", source},
                     {"hook", hook.label},
                     {"mechanism", state.mechanism},
                     {"target", state.target},
                     {"exact", state.exact ? "true" : "false"}});
    }
  });
}

template <std::uint64_t Counters::*unit>
void fill_hook_counters(const Input& in, Filler& out) {
  out.reserve(in.readings.size() * kHookCount * kKeyCount);
  for_each_snapshot(in, [&](std::string_view source, const Snapshot& snapshot) {
    for (const HookInfo& hook : hooks()) {
      const std::string_view direction = to_string(hook.direction);
      for (std::size_t key = 0; key < kKeyCount; key++) {
        if (!is_legal(hook, key)) continue;
        out.add(snapshot.counters[hook.id][key].*unit, {{"source", source},
                                                        {"hook", hook.label},
                                                        {"direction", direction},
                                                        {"family", keys()[key].family},
                                                        {"protocol", keys()[key].protocol}});
      }
    }
  });
}

void fill_transmit_not_ok(const Input& in, Filler& out) {
  for_each_snapshot(in, [&](std::string_view source, const Snapshot& snapshot) {
    for (std::size_t i = 0; i < kTxResultCount; i++)
      out.add(snapshot.tx_results[i], {{"source", source}, {"result", tx_results()[i].label}});
  });
}

void fill_missed(const Input& in, Filler& out) {
  for_each_snapshot(in, [&](std::string_view source, const Snapshot& snapshot) {
    for (std::size_t i = 0; i < kMissCauseCount; i++)
      out.add(snapshot.missed[i], {{"source", source}, {"cause", miss_causes()[i].label}});
  });
}

void fill_drops_attached(const Input& in, Filler& out) {
  for_each_snapshot(in, [&](std::string_view source, const Snapshot& snapshot) {
    out.add(snapshot.drop_state.attached, {{"source", source}});
  });
}

void fill_drops(const Input& in, Filler& out) {
  for (const auto& [source, views] : in.drops) {
    for (const ReasonRow& row : views.by_reason) {
      out.add(row.count, {{"source", source},
                          {"reason", row.reason},
                          {"class", to_string(row.verdict.drop_class)},
                          {"layer", to_string(row.verdict.layer)},
                          {"family", row.family},
                          {"protocol", row.protocol}});
      if (in.created_timestamps) out.created(row.since);
    }
  }
}

void fill_drops_by_class(const Input& in, Filler& out) {
  for (const auto& [source, views] : in.drops) {
    for (const DropClassInfo& drop_class : drop_classes())
      for (const DropLayerInfo& layer : drop_layers())
        out.add(views.count_of(drop_class.id, layer.id),
                {{"source", source}, {"class", drop_class.label}, {"layer", layer.label}});
  }
}

void fill_drop_functions(const Input& in, Filler& out) {
  for (const auto& [source, views] : in.drops) {
    for (const FunctionRow& row : views.by_function) {
      out.add(row.count, {{"source", source}, {"function", row.function}, {"reason", row.reason}});
      if (in.created_timestamps) out.created(row.since);
    }
  }
}

void fill_drops_folded(const Input& in, Filler& out) {
  for (const auto& [source, views] : in.drops) out.add(views.folded, {{"source", source}});
}

void fill_preflight(const Input& in, Filler& out) {
  for (const Finding& finding : in.preflight)
    if (finding.ok) out.add(*finding.ok, {{"check", finding.check}});
}

void fill_duration(const Input& in, Filler& out) {
  for (const SourceReading& reading : in.readings)
    out.add(reading.seconds, {{"source", reading.source}});
}

void fill_success(const Input& in, Filler& out) {
  for (const SourceReading& reading : in.readings)
    out.add(static_cast<bool>(reading.snapshot), {{"source", reading.source}});
}

void fill_connections_refused(const Input& in, Filler& out) {
  out.add(in.server.connections_refused, {});
}

void fill_web_config(const Input& in, Filler& out) {
  if (in.server.web_config_reloaded) out.add(*in.server.web_config_reloaded, {});
}

void fill_build_info(const Input&, Filler& out) {
  const BuildInfo& info = build_info();
  out.add(true,
          {{"version", info.version}, {"revision", info.revision}, {"compiler", info.compiler}});
}

struct FamilyRow {
  std::string name;
  MetricType type;
  void (*fill)(const Input&, Filler&);
  std::string help;
};

const std::vector<FamilyRow>& families() {
  static const std::vector<FamilyRow> kFamilies = {
      {"packetdrop_active", MetricType::Gauge, fill_active,
       "Whether the source counts now, 1 or 0; its counters stay as they are while it does not."},
      {"packetdrop_source_ready", MetricType::Gauge, fill_ready,
       "Whether the source can count on this host, 1 or 0, also while it is not active; "
       "/api/v1/status says why not."},
      {"packetdrop_hook_attached", MetricType::Gauge, fill_attached,
       "Whether the hook is attached, 1 or 0; /api/v1/status says why not."},
      {"packetdrop_hook_info", MetricType::Gauge, fill_hook_info, hook_info_help()},
      {"packetdrop_hook_packets_total", MetricType::Counter, fill_hook_counters<&Counters::packets>,
       packets_help()},
      {"packetdrop_hook_segments_total", MetricType::Counter,
       fill_hook_counters<&Counters::segments>, segments_help()},
      {"packetdrop_hook_bytes_total", MetricType::Counter, fill_hook_counters<&Counters::bytes>,
       bytes_help()},
      {"packetdrop_transmit_not_ok_total", MetricType::Counter, fill_transmit_not_ok,
       transmit_not_ok_help()},
      {"packetdrop_drops_attached", MetricType::Gauge, fill_drops_attached,
       "Whether drops are counted, 1 or 0: the tracepoint kfree_skb is attached; /api/v1/status "
       "says why not."},
      {"packetdrop_drops_total", MetricType::Counter, fill_drops, drops_help()},
      {"packetdrop_drops_by_class_total", MetricType::Counter, fill_drops_by_class,
       drops_by_class_help()},
      {"packetdrop_drop_functions_total", MetricType::Counter, fill_drop_functions,
       drop_functions_help()},
      {"packetdrop_drops_folded_total", MetricType::Counter, fill_drops_folded,
       "Dropped packets (skbs) whose function did not fit into the table of their source or into "
       "the limit of series; they are under function=\"other\"."},
      {"packetdrop_missed_events_total", MetricType::Counter, fill_missed, missed_events_help()},
      {"packetdrop_preflight_ok", MetricType::Gauge, fill_preflight,
       "Whether the host allows what the check names, 1 or 0; absent where it cannot be told. "
       "/api/v1/status says what was found and what to do."},
      {"packetdrop_scrape_source_duration_seconds", MetricType::Gauge, fill_duration,
       "Seconds that it took to read the source in this scrape."},
      {"packetdrop_scrape_source_success", MetricType::Gauge, fill_success,
       "Whether the source could be read in this scrape, 1 or 0; while 0 it has no other series."},
      {"packetdrop_http_connections_refused_total", MetricType::Counter, fill_connections_refused,
       "Connections closed unanswered, because their network (IPv4 address or IPv6 /64) already "
       "had its share of connections."},
      {"packetdrop_web_config_last_reload_successful", MetricType::Gauge, fill_web_config,
       "1 or 0: 1 while the file of --web.config.file is in force as it stands; 0 while it is "
       "broken: the log says why, and the previous one stays in force. Absent without that flag."},
      {"packetdrop_build_info", MetricType::Gauge, fill_build_info,
       "Version, git revision and compiler of this exporter, value 1."},
  };
  return kFamilies;
}

}  // namespace

std::vector<prometheus::MetricFamily> PacketCollectable::Collect() const {
  Input input{.readings = readings_,
              .preflight = preflight_,
              .server = server_,
              .created_timestamps = created_timestamps_,
              .drops = {}};
  for_each_snapshot(input, [&](std::string_view source, const Snapshot& snapshot) {
    input.drops.push_back({.source = source, .views = view_drops(snapshot.drops)});
  });

  std::vector<prometheus::MetricFamily> collected;
  collected.reserve(families().size());
  for (const FamilyRow& row : families()) {
    auto& family = collected.emplace_back();
    family.name = row.name;
    family.help = row.help;
    family.type = row.type;
    Filler filler(family);
    row.fill(input, filler);
  }
  return collected;
}

}  // namespace packetdrop
