// SPDX-License-Identifier: Apache-2.0
// HELP says in one line what is counted where and in which unit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "exposition.h"
#include "metrics/packet_families.h"
#include "metrics_sample.h"
#include "model/snapshot.h"

namespace packetdrop {
namespace {

using prometheus::MetricType;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Every family has a series in it.
Families collect() {
  const std::vector<SourceReading> readings = {sample_reading()};
  const std::vector<Finding> findings = {{.check = "btf", .ok = true, .detail = {}, .remedy = {}}};
  std::string text;
  write_packet_families(
      {.readings = readings, .preflight = findings, .server = {.web_config_reloaded = true}},
      ExpositionFormat::kText, text);
  return ExpositionParser(text).parse();
}

TEST(Help, is_one_line_for_every_family) {
  for (const auto& [name, family] : collect()) {
    EXPECT_THAT(family.help, Not(IsEmpty())) << name;
    EXPECT_THAT(family.help, Not(HasSubstr("\\n"))) << name;  // as it is escaped
  }
}

TEST(Help, names_the_unit) {
  const std::map<std::string, std::string> units = {
      {"packetdrop_hook_packets_total", "skbs"},
      {"packetdrop_hook_segments_total", "gso_segs"},
      {"packetdrop_hook_bytes_total", "skb->len"},
      {"packetdrop_transmit_not_ok_total", "skbs"},
      {"packetdrop_missed_events_total", "one skb at one hook"},
      {"packetdrop_scrape_source_duration_seconds", "Seconds"},
  };
  const auto families = collect();
  for (const auto& [name, unit] : units) EXPECT_THAT(families.at(name).help, HasSubstr(unit));
  for (const auto& [name, family] : families)
    if (family.type == MetricType::Gauge && !units.contains(name)) {
      EXPECT_TRUE(family.help.find("1 or 0") != std::string::npos ||
                  family.help.find("value 1") != std::string::npos)
          << name;
    }
}

TEST(Help, lists_what_the_tables_say) {
  const auto families = collect();
  for (const ProbeInfo& hook : hooks()) {
    const std::string row = std::string(hook.label) + ": ";
    EXPECT_THAT(families.at("packetdrop_hook_bytes_total").help,
                HasSubstr(row + std::string(hook.bytes)));
    for (const std::string_view symbol : hook.targets)
      EXPECT_THAT(families.at("packetdrop_hook_packets_total").help,
                  HasSubstr(std::string(symbol)));
    if (hook.fallback_exact == PD_FALLBACK_INEXACT) {
      EXPECT_THAT(families.at("packetdrop_hook_info").help, HasSubstr(std::string(hook.fallback)));
    }
  }
  for (const TxResultInfo& result : tx_results())
    EXPECT_THAT(families.at("packetdrop_transmit_not_ok_total").help,
                HasSubstr(std::string(result.what)));
  for (const MissCauseInfo& cause : miss_causes())
    EXPECT_THAT(families.at("packetdrop_missed_events_total").help,
                HasSubstr(std::string(cause.what)));
}

}  // namespace
}  // namespace packetdrop
