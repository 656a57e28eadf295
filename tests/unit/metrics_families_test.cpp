// SPDX-License-Identifier: Apache-2.0
// Which families and series a scrape has, with which labels and values.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "exposition.h"
#include "metrics/packet_families.h"
#include "metrics_sample.h"
#include "model/drop_reason.h"

namespace packetdrop {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

Families collect(const ScrapeInput& input) {
  std::string text;
  write_packet_families(input, ExpositionFormat::kText, text);
  return ExpositionParser(text).parse();
}

Families collect(std::span<const SourceReading> readings, std::span<const Finding> findings = {}) {
  return collect({.readings = readings, .preflight = findings});
}

std::vector<std::string> names_of_labels(const ClientMetric& metric) {
  std::vector<std::string> names;
  for (const auto& label : metric.label) names.push_back(label.name);
  return names;
}

std::vector<std::string> values_of_labels(const ClientMetric& metric) {
  std::vector<std::string> values;
  for (const auto& label : metric.label) values.push_back(label.value);
  return values;
}

// The one metric whose labels have these values.
const ClientMetric& find(const Families& families, const std::string& name,
                         const std::vector<std::string>& values) {
  static const ClientMetric kNone;
  for (const auto& metric : families.at(name).metric)
    if (values_of_labels(metric) == values) return metric;
  ADD_FAILURE() << name << " has no such series";
  return kNone;
}

std::size_t count_series(const Families& families) {
  std::size_t count = 0;
  for (const auto& [name, family] : families) count += family.metric.size();
  return count;
}

TEST(MetricFamilies, carry_the_labels_of_the_contract) {
  const std::map<std::string, std::vector<std::string>> contract = {
      {"packetdrop_active", {"source"}},
      {"packetdrop_source_ready", {"source"}},
      {"packetdrop_hook_attached", {"source", "hook"}},
      {"packetdrop_hook_info", {"source", "hook", "mechanism", "target", "exact"}},
      {"packetdrop_hook_packets_total", {"source", "hook", "direction", "family", "protocol"}},
      {"packetdrop_hook_segments_total", {"source", "hook", "direction", "family", "protocol"}},
      {"packetdrop_hook_bytes_total", {"source", "hook", "direction", "family", "protocol"}},
      {"packetdrop_transmit_not_ok_total", {"source", "result"}},
      {"packetdrop_drops_attached", {"source"}},
      {"packetdrop_drops_total", {"source", "reason", "class", "layer", "family", "protocol"}},
      {"packetdrop_drops_by_class_total", {"source", "class", "layer"}},
      {"packetdrop_drop_functions_total", {"source", "function", "reason"}},
      {"packetdrop_drops_folded_total", {"source"}},
      {"packetdrop_missed_events_total", {"source", "cause"}},
      {"packetdrop_preflight_ok", {"check"}},
      {"packetdrop_scrape_source_duration_seconds", {"source"}},
      {"packetdrop_scrape_source_success", {"source"}},
      {"packetdrop_http_connections_refused_total", {}},
      {"packetdrop_web_config_last_reload_successful", {}},
      {"packetdrop_build_info", {"version", "revision", "compiler"}},
  };
  const std::vector<SourceReading> readings = {sample_reading()};
  const std::vector<Finding> findings = {{.check = "btf", .ok = true, .detail = {}, .remedy = {}}};
  const Families families = collect(
      {.readings = readings, .preflight = findings, .server = {.web_config_reloaded = true}});

  ASSERT_EQ(families.size(), contract.size());
  for (const auto& [name, labels] : contract) {
    ASSERT_TRUE(families.contains(name)) << name;
    for (const auto& metric : families.at(name).metric)
      EXPECT_EQ(names_of_labels(metric), labels) << name;
  }
}

TEST(MetricFamilies, are_counters_exactly_where_the_name_ends_in_total) {
  const std::vector<SourceReading> readings = {sample_reading()};
  for (const auto& [name, family] : collect(readings))
    EXPECT_EQ(family.type == MetricType::Counter, name.ends_with("_total")) << name;
}

TEST(MetricFamilies, keep_the_series_budget_for_one_and_two_sources) {
  const std::vector<SourceReading> one = {sample_reading("bpf")};
  const std::vector<SourceReading> two = {sample_reading("bpf"), sample_reading("kmod")};
  // 61 legal keys in three units, active, ready, six hooks attached with their info, four transmit
  // results, three causes of misses, duration and success; of drops: attached, `folded`, six
  // classes at nine layers, and the two rows of the sample in both detailed views; the build and
  // refused connections for all.
  constexpr std::size_t kPerSource = 61 * 3 + 2 + 6 + 6 + 4 + 3 + 2 + 2 + 6 * 9 + 2 * 2;
  static_assert(kPerSource <= 400);
  EXPECT_EQ(count_series(collect(one)), kPerSource + 2);
  EXPECT_EQ(count_series(collect(two)), 2 * kPerSource + 2);
}

TEST(MetricFamilies, hold_every_legal_key_once_and_no_other_even_at_zero) {
  const std::vector<SourceReading> readings = {
      {.source = "bpf", .seconds = 0, .snapshot = Snapshot{}}};
  const Families families = collect(readings);
  for (const char* name : {"packetdrop_hook_packets_total", "packetdrop_hook_segments_total",
                           "packetdrop_hook_bytes_total"}) {
    std::set<std::vector<std::string>> seen;
    for (const auto& metric : families.at(name).metric) {
      const auto values = values_of_labels(metric);
      EXPECT_TRUE(seen.insert(values).second);
      if (values[1] == "tcp_v4_rcv") {
        EXPECT_THAT(values, ElementsAre("bpf", "tcp_v4_rcv", "receive", "ipv4", "tcp"));
      }
      if (values[3] == "arp") {
        EXPECT_EQ(values[4], "other");
      }
      EXPECT_EQ(metric.counter.value, 0);
    }
    EXPECT_EQ(seen.size(), 61u);
  }
}

TEST(MetricFamilies, give_each_counter_its_own_series) {
  const std::vector<SourceReading> readings = {sample_reading()};
  const Snapshot& snapshot = *readings.front().snapshot;
  const Families families = collect(readings);
  const std::vector<std::string> labels = {"bpf", "netif_receive_skb_core", "receive", "ipv6",
                                           "udp"};
  const Counters& expected = snapshot.counters[PD_HOOK_NETIF_RECEIVE_SKB_CORE][PD_KEY_IPV6_UDP];
  EXPECT_EQ(find(families, "packetdrop_hook_packets_total", labels).counter.value,
            static_cast<double>(expected.packets));
  EXPECT_EQ(find(families, "packetdrop_hook_segments_total", labels).counter.value,
            static_cast<double>(expected.segments));
  EXPECT_EQ(find(families, "packetdrop_hook_bytes_total", labels).counter.value,
            static_cast<double>(expected.bytes));
  EXPECT_EQ(find(families, "packetdrop_transmit_not_ok_total", {"bpf", "dropped"}).counter.value,
            static_cast<double>(snapshot.tx_results[PD_TX_DROPPED]));
  EXPECT_EQ(
      find(families, "packetdrop_missed_events_total", {"bpf", "xmit_unmatched"}).counter.value,
      static_cast<double>(snapshot.missed[static_cast<std::size_t>(MissCause::kXmitUnmatched)]));
}

TEST(MetricFamilies, have_every_class_of_drops_from_zero_and_no_detail_before_the_first) {
  const std::vector<SourceReading> readings = {
      {.source = "bpf", .seconds = 0, .snapshot = Snapshot{}}};
  const Families families = collect(readings);
  EXPECT_EQ(families.at("packetdrop_drops_by_class_total").metric.size(), 54u);
  for (const auto& metric : families.at("packetdrop_drops_by_class_total").metric)
    EXPECT_EQ(metric.counter.value, 0);
  EXPECT_FALSE(families.contains("packetdrop_drops_total"));
  EXPECT_FALSE(families.contains("packetdrop_drop_functions_total"));
  EXPECT_EQ(find(families, "packetdrop_drops_folded_total", {"bpf"}).counter.value, 0);
}

TEST(MetricFamilies, tell_a_drop_by_reason_by_class_and_by_function) {
  const std::vector<SourceReading> readings = {sample_reading()};
  const Families families = collect(readings);
  const Verdict verdict = judge("NO_SOCKET", "");
  const std::string drop_class(to_string(verdict.drop_class)), layer(to_string(verdict.layer));
  EXPECT_EQ(find(families, "packetdrop_drops_total",
                 {"bpf", "NO_SOCKET", drop_class, layer, "ipv4", "udp"})
                .counter.value,
            17);
  EXPECT_EQ(
      find(families, "packetdrop_drops_by_class_total", {"bpf", drop_class, layer}).counter.value,
      17);
  EXPECT_EQ(find(families, "packetdrop_drop_functions_total", {"bpf", "other", "unknown_1234"})
                .counter.value,
            4);
  EXPECT_EQ(find(families, "packetdrop_drops_folded_total", {"bpf"}).counter.value, 4);
  EXPECT_EQ(find(families, "packetdrop_drops_attached", {"bpf"}).gauge.value, 1);
}

TEST(MetricFamilies, name_the_direction_of_a_hook) {
  const std::vector<SourceReading> readings = {sample_reading()};
  const Families families = collect(readings);
  for (const auto& metric : families.at("packetdrop_hook_packets_total").metric) {
    const auto values = values_of_labels(metric);
    EXPECT_EQ(values[2], values[1].ends_with("_xmit") ? "transmit" : "receive") << values[1];
  }
}

TEST(MetricFamilies, say_how_a_hook_is_attached_only_while_it_is) {
  std::vector<SourceReading> readings = {sample_reading()};
  auto& states = readings.front().snapshot->probes;
  states[PD_HOOK_DEV_QUEUE_XMIT] = attached_at("tp_btf", "net_dev_queue", false);
  states[PD_PROBE_TCP_V4_RCV].attached = false;
  const Families families = collect(readings);

  EXPECT_EQ(families.at("packetdrop_hook_attached").metric.size(), kHookCount);
  EXPECT_EQ(find(families, "packetdrop_hook_attached", {"bpf", "tcp_v4_rcv"}).gauge.value, 0);
  EXPECT_EQ(find(families, "packetdrop_hook_attached", {"bpf", "dev_queue_xmit"}).gauge.value, 1);

  std::vector<std::vector<std::string>> info;
  for (const auto& metric : families.at("packetdrop_hook_info").metric) {
    info.push_back(values_of_labels(metric));
    EXPECT_EQ(metric.gauge.value, 1);
  }
  EXPECT_EQ(info.size(), kHookCount - 1);
  EXPECT_THAT(info,
              Contains(ElementsAre("bpf", "dev_queue_xmit", "tp_btf", "net_dev_queue", "false")));
  EXPECT_THAT(info, Not(Contains(Contains("tcp_v4_rcv"))));
}

TEST(MetricFamilies, of_a_source_that_failed_are_duration_and_success_alone) {
  const std::vector<SourceReading> readings = {failed_reading("kmod"), sample_reading("bpf")};
  const Families families = collect(readings);
  std::set<std::string> with_failed;
  for (const auto& [name, family] : families)
    for (const auto& metric : family.metric)
      if (!metric.label.empty() && values_of_labels(metric).front() == "kmod")
        with_failed.insert(name);
  EXPECT_THAT(with_failed, ElementsAre("packetdrop_scrape_source_duration_seconds",
                                       "packetdrop_scrape_source_success"));
  EXPECT_EQ(find(families, "packetdrop_scrape_source_success", {"kmod"}).gauge.value, 0);
  EXPECT_EQ(find(families, "packetdrop_scrape_source_duration_seconds", {"kmod"}).gauge.value, 0.5);
  EXPECT_EQ(find(families, "packetdrop_scrape_source_success", {"bpf"}).gauge.value, 1);
}

TEST(MetricFamilies, tell_a_source_that_cannot_count_here_from_one_that_is_not_active) {
  std::vector<SourceReading> readings = {sample_reading("bpf"), sample_reading("kmod")};
  readings[0].snapshot->unusable = "no CAP_BPF";
  readings[1].snapshot->active = false;
  const Families families = collect(readings);
  EXPECT_EQ(find(families, "packetdrop_source_ready", {"bpf"}).gauge.value, 0);
  EXPECT_EQ(find(families, "packetdrop_source_ready", {"kmod"}).gauge.value, 1);
}

TEST(MetricFamilies, leave_out_a_check_that_cannot_be_told) {
  const std::vector<Finding> findings = {
      {.check = "btf", .ok = true, .detail = {}, .remedy = {}},
      {.check = "kprobes", .ok = false, .detail = {}, .remedy = {}},
      {.check = "lockdown", .ok = std::nullopt, .detail = {}, .remedy = {}}};
  const Families families = collect({}, findings);
  EXPECT_EQ(families.at("packetdrop_preflight_ok").metric.size(), 2u);
  EXPECT_EQ(find(families, "packetdrop_preflight_ok", {"btf"}).gauge.value, 1);
  EXPECT_EQ(find(families, "packetdrop_preflight_ok", {"kprobes"}).gauge.value, 0);
}

}  // namespace
}  // namespace packetdrop
