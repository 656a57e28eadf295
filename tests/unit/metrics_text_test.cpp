// SPDX-License-Identifier: Apache-2.0
// The two exposition formats, byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

#include "base/version.h"
#include "metrics/scrape.h"
#include "metrics/text_writer.h"
#include "metrics_sample.h"

namespace packetdrop {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

MetricFamily family(std::string name, MetricType type, std::string help, double value,
                    std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  return {.name = std::move(name), .help = std::move(help), .type = type, .metric = {metric}};
}

std::string write(const std::vector<MetricFamily>& families, ExpositionFormat format) {
  std::string text;
  write_families(families, format, text);
  write_end(format, text);
  return text;
}

std::string number(double value) {
  std::string text;
  write_number(value, text);
  return text;
}

const std::vector<MetricFamily>& small_input() {
  static const std::vector<MetricFamily> kFamilies = {
      family("x_bytes_total", MetricType::Counter, "Bytes.", 100000, {{"a", "1"}, {"b", "2"}}),
      family("x_things_total", MetricType::Counter, "Things.", 3),
      family("x_seconds", MetricType::Gauge, "Seconds.", 0.25, {{"a", "1"}}),
      family("x_build_info", MetricType::Gauge, "Build.", 1, {{"version", "1.2"}}),
      {.name = "x_empty", .help = "Nothing.", .type = MetricType::Gauge, .metric = {}},
  };
  return kFamilies;
}

TEST(Text, is_what_0_0_4_says) {
  EXPECT_EQ(write(small_input(), ExpositionFormat::kText),
            "# HELP x_bytes_total Bytes.\n"
            "# TYPE x_bytes_total counter\n"
            "x_bytes_total{a=\"1\",b=\"2\"} 100000\n"
            "# HELP x_things_total Things.\n"
            "# TYPE x_things_total counter\n"
            "x_things_total 3\n"
            "# HELP x_seconds Seconds.\n"
            "# TYPE x_seconds gauge\n"
            "x_seconds{a=\"1\"} 0.25\n"
            "# HELP x_build_info Build.\n"
            "# TYPE x_build_info gauge\n"
            "x_build_info{version=\"1.2\"} 1\n");
}

TEST(OpenMetrics, is_what_1_0_0_says) {
  EXPECT_EQ(write(small_input(), ExpositionFormat::kOpenMetrics),
            "# HELP x_bytes Bytes.\n"
            "# TYPE x_bytes counter\n"
            "# UNIT x_bytes bytes\n"
            "x_bytes_total{a=\"1\",b=\"2\"} 100000\n"
            "# HELP x_things Things.\n"
            "# TYPE x_things counter\n"
            "x_things_total 3\n"
            "# HELP x_seconds Seconds.\n"
            "# TYPE x_seconds gauge\n"
            "# UNIT x_seconds seconds\n"
            "x_seconds{a=\"1\"} 0.25\n"
            "# HELP x_build Build.\n"
            "# TYPE x_build info\n"
            "x_build_info{version=\"1.2\"} 1\n"
            "# EOF\n");
}

TEST(Escaping, in_labels_is_the_same_in_both_formats) {
  const std::vector<MetricFamily> input = {
      family("x", MetricType::Gauge, "X.", 1, {{"a", "\"q\" \\ \n end"}, {"b", ""}, {"c", "ü"}})};
  const std::string sample = "x{a=\"\\\"q\\\" \\\\ \\n end\",b=\"\",c=\"ü\"} 1\n";
  EXPECT_THAT(write(input, ExpositionFormat::kText), EndsWith(sample));
  EXPECT_THAT(write(input, ExpositionFormat::kOpenMetrics), HasSubstr(sample));
}

TEST(Escaping, in_help_takes_the_quote_only_in_OpenMetrics) {
  const std::vector<MetricFamily> input = {family("x", MetricType::Gauge, "\"q\" \\ \n.", 1)};
  EXPECT_THAT(write(input, ExpositionFormat::kText), HasSubstr("# HELP x \"q\" \\\\ \\n.\n"));
  EXPECT_THAT(write(input, ExpositionFormat::kOpenMetrics),
              HasSubstr("# HELP x \\\"q\\\" \\\\ \\n.\n"));
}

TEST(Numbers, are_whole_digits_up_to_2_to_the_64) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(100000), "100000");
  EXPECT_EQ(number(0x1p53), "9007199254740992");
  EXPECT_EQ(number(0x1p63), "9223372036854775808");
  EXPECT_EQ(number(0x1p64), "18446744073709551616");
  EXPECT_EQ(number(1e300), "1e+300");
}

TEST(Numbers, else_are_the_shortest_that_read_back) {
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(-3), "-3");
  EXPECT_EQ(number(0.000123), "0.000123");
  EXPECT_EQ(number(1732381234.42), "1732381234.42");
  EXPECT_EQ(number(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(number(-std::numeric_limits<double>::infinity()), "-Inf");
}

std::string scrape(const std::vector<SourceReading>& readings, ExpositionFormat format,
                   bool exporter_metrics = false) {
  return render_scrape(
      {.readings = readings, .preflight = {}, .exporter_metrics = exporter_metrics}, format);
}

TEST(Scrape, shows_counters_exactly_up_to_2_to_the_53_and_the_nearest_double_above) {
  struct Case {
    std::uint64_t counted;
    const char* shown;
  };
  constexpr std::uint64_t kExact = std::uint64_t{1} << 53;
  for (const Case& c : {Case{kExact - 1, "9007199254740991"}, Case{kExact, "9007199254740992"},
                        Case{kExact + 1, "9007199254740992"}, Case{kExact + 2, "9007199254740994"},
                        Case{UINT64_MAX, "18446744073709551616"}}) {
    std::vector<SourceReading> readings = {sample_reading()};
    readings.front().snapshot->counters[PD_HOOK_TCP_V4_RCV][PD_KEY_IPV4_TCP].bytes = c.counted;
    EXPECT_THAT(scrape(readings, ExpositionFormat::kText),
                HasSubstr(std::string("packetdrop_hook_bytes_total{source=\"bpf\",hook=\"tcp_v4_"
                                      "rcv\",direction=\"receive\",family=\"ipv4\",protocol="
                                      "\"tcp\"} ") +
                          c.shown + "\n"));
  }
}

TEST(Scrape, of_a_failed_source_is_short) {
  const BuildInfo& info = build_info();
  const std::string build = "{version=\"" + std::string(info.version) + "\",revision=\"" +
                            std::string(info.revision) + "\",compiler=\"" +
                            std::string(info.compiler) + "\"} 1\n";
  const std::vector<SourceReading> readings = {failed_reading()};
  EXPECT_EQ(
      scrape(readings, ExpositionFormat::kOpenMetrics),
      "# HELP packetdrop_scrape_source_duration_seconds Seconds that it took to read the source "
      "in this scrape.\n"
      "# TYPE packetdrop_scrape_source_duration_seconds gauge\n"
      "# UNIT packetdrop_scrape_source_duration_seconds seconds\n"
      "packetdrop_scrape_source_duration_seconds{source=\"bpf\"} 0.5\n"
      "# HELP packetdrop_scrape_source_success Whether the source could be read in this scrape, 1 "
      "or 0; while 0 it has no other series.\n"
      "# TYPE packetdrop_scrape_source_success gauge\n"
      "packetdrop_scrape_source_success{source=\"bpf\"} 0\n"
      "# HELP packetdrop_http_connections_refused Connections closed unanswered, because their "
      "network (IPv4 address or IPv6 /64) already had its share of connections.\n"
      "# TYPE packetdrop_http_connections_refused counter\n"
      "packetdrop_http_connections_refused_total 0\n"
      "# HELP packetdrop_build Version, git revision and compiler of this exporter, value 1.\n"
      "# TYPE packetdrop_build info\n"
      "packetdrop_build_info" +
          build + "# EOF\n");
}

TEST(Scrape, has_process_metrics_unless_told_not_to) {
  EXPECT_THAT(scrape({}, ExpositionFormat::kText, true), HasSubstr("process_open_fds "));
  EXPECT_THAT(scrape({}, ExpositionFormat::kText, false), Not(HasSubstr("process_")));
}

// Two drops, the first of them 1.2345678 s after 2030 began.
std::vector<SourceReading> readings_with_first_drops() {
  std::vector<SourceReading> readings = {sample_reading()};
  auto& drops = readings.front().snapshot->drops;
  const std::chrono::system_clock::time_point year =
      std::chrono::sys_days(std::chrono::year(2030) / 1 / 1);
  drops[0].since = year + std::chrono::nanoseconds(1'234'567'800);
  drops[1].since = year + std::chrono::hours(1);
  return readings;
}

TEST(Scrape, has_no_created_lines_unless_told_to) {
  const std::vector<SourceReading> readings = readings_with_first_drops();
  EXPECT_THAT(scrape(readings, ExpositionFormat::kOpenMetrics, true), Not(HasSubstr("_created")));
  const ScrapeInput asked{.readings = readings, .preflight = {}, .created_timestamps = true};
  EXPECT_THAT(render_scrape(asked, ExpositionFormat::kText), Not(HasSubstr("_created")));
}

TEST(Scrape, says_behind_each_series_of_drops_when_it_began_not_after_its_first_drop) {
  const std::vector<SourceReading> readings = readings_with_first_drops();
  const std::string text =
      render_scrape({.readings = readings, .preflight = {}, .created_timestamps = true},
                    ExpositionFormat::kOpenMetrics);
  const std::string reason =
      "{source=\"bpf\",reason=\"NO_SOCKET\",class=\"config\",layer=\"socket\",family=\"ipv4\","
      "protocol=\"udp\"} ";
  EXPECT_THAT(text, HasSubstr("packetdrop_drops_total" + reason + "17\npacketdrop_drops_created" +
                              reason + "1893456001.234\n"));
  const std::string function = "{source=\"bpf\",function=\"other\",reason=\"unknown_1234\"} ";
  EXPECT_THAT(text, HasSubstr("packetdrop_drop_functions_total" + function +
                              "4\npacketdrop_drop_functions_created" + function + "1893459600\n"));
  // Everything else is there from 0 on.
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = text.find("_created{", at)) != text.npos; at++) lines++;
  EXPECT_EQ(lines, 4u);
}

TEST(Scrape, has_no_created_line_where_the_first_drop_is_not_known) {
  const std::vector<SourceReading> readings = {sample_reading()};
  EXPECT_THAT(render_scrape({.readings = readings, .preflight = {}, .created_timestamps = true},
                            ExpositionFormat::kOpenMetrics),
              Not(HasSubstr("_created")));
}

}  // namespace
}  // namespace packetdrop
