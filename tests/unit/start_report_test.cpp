// SPDX-License-Identifier: Apache-2.0
// What the log says at the start, line by line.
#include "app/start_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <sstream>

#include "base/log.h"

namespace packetdrop {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

class StartLog : public testing::Test {
 protected:
  static void SetUpTestSuite() { start_log(LogLevel::kInfo, LogFormat::kLogfmt); }

  // The lines that `say` logs, without their time.
  template <typename Say>
  static std::vector<std::string> lines_of(Say say) {
    testing::internal::CaptureStderr();
    say();
    std::istringstream log(testing::internal::GetCapturedStderr());
    std::vector<std::string> lines;
    for (std::string line; std::getline(log, line);)
      lines.push_back(line.substr(std::min(line.find("level="), line.size())));
    return lines;
  }

  std::vector<std::string> counting(const std::vector<SourceReading>& readings) const {
    return lines_of([&] { log_counting(options, readings, findings, "why none"); });
  }

  static ProbeState attached_by(std::string mechanism, std::string target) {
    ProbeState state;
    state.attached = state.exact = true;
    state.mechanism = std::move(mechanism);
    state.target = std::move(target);
    return state;
  }

  static Snapshot all_attached() {
    Snapshot snapshot;
    snapshot.active = true;
    for (const ProbeInfo& hook : hooks())
      snapshot.probes[hook.id] = attached_by("fentry", std::string(hook.targets.front()));
    snapshot.probes[PD_PROBE_KFREE_SKB] = attached_by("tp_btf", "kfree_skb");
    return snapshot;
  }

  static SourceReading reading_of(Snapshot snapshot) {
    return {.source = "bpf", .seconds = 0, .snapshot = std::move(snapshot)};
  }

  static void refuse(ProbeState& state, const std::string& target) {
    state.attached = false;
    state.refusals = {{"fentry", target, EPERM, "lockdown=integrity"}};
  }

  Options options;
  std::vector<Finding> findings = {
      {.check = "kprobes", .ok = false, .detail = "no kprobes", .remedy = "get a kernel"},
      {.check = "modules", .ok = false, .detail = "signed only", .remedy = "sign it"},
      {.check = "lockdown", .ok = std::nullopt, .detail = "who knows", .remedy = ""}};
};

TEST_F(StartLog, everything_attached_is_one_line_with_a_field_for_each_hook) {
  const auto lines = counting({reading_of(all_attached())});
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(
      lines[0],
      HasSubstr("level=info msg=\"counting by bpf on all network devices\" dev_queue_xmit="));
  for (const ProbeInfo& hook : hooks())
    EXPECT_THAT(lines[0], HasSubstr(" " + std::string(hook.label) + "=fentry:"));
  EXPECT_THAT(lines[0], EndsWith(" drops=tp_btf:kfree_skb"));
}

TEST_F(StartLog, hooks_that_are_missing_are_one_warning_and_findings_are_information) {
  Snapshot snapshot = all_attached();
  refuse(snapshot.probes[PD_PROBE_TCP_V4_RCV], "tcp_v4_rcv");
  refuse(snapshot.probes[PD_PROBE_ETH_TYPE_TRANS], "eth_type_trans");
  const auto lines = counting({reading_of(snapshot)});
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], HasSubstr(" tcp_v4_rcv=unavailable"));
  EXPECT_EQ(lines[1],
            "level=warn msg=\"hooks are not attached\""
            " eth_type_trans=\"fentry eth_type_trans: EPERM, lockdown=integrity\""
            " tcp_v4_rcv=\"fentry tcp_v4_rcv: EPERM, lockdown=integrity\"");
  EXPECT_EQ(
      lines[2],
      "level=info msg=\"preflight\" check=kprobes found=\"no kprobes\" remedy=\"get a kernel\"");
  EXPECT_EQ(lines[3],
            "level=info msg=\"preflight\" check=modules found=\"signed only\" remedy=\"sign it\"");
}

TEST_F(StartLog, drops_that_are_not_counted_are_a_warning_of_their_own) {
  Snapshot snapshot = all_attached();
  refuse(snapshot.probes[PD_PROBE_KFREE_SKB], "kfree_skb");
  const auto lines = counting({reading_of(snapshot)});
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[1],
            "level=warn msg=\"drops are not counted\""
            " kfree_skb=\"fentry kfree_skb: EPERM, lockdown=integrity\"");
}

TEST_F(StartLog, what_keeps_everything_from_counting_is_a_warning) {
  const std::vector<SourceReading> readings = {
      {.source = "bpf", .seconds = 0, .snapshot = Error{.code = EPERM, .message = "no \"BPF\""}}};
  EXPECT_THAT(counting(readings),
              ElementsAre("level=error msg=\"not counting by bpf\" error=\"no \\\"BPF\\\"\"",
                          HasSubstr("level=warn msg=\"preflight\" check=kprobes"),
                          HasSubstr("level=warn msg=\"preflight\" check=modules")));
}

TEST_F(StartLog, no_source_at_all_is_an_error_with_its_cause) {
  EXPECT_EQ(counting({})[0], "level=error msg=\"not counting\" error=\"why none\"");
}

TEST_F(StartLog, a_source_that_waits_is_no_cause_for_warnings) {
  EXPECT_THAT(counting({reading_of({})}),
              ElementsAre("level=info msg=\"not counting by bpf: POST /activate starts it\""));
}

TEST_F(StartLog, a_source_that_nothing_can_ever_switch_on_is_a_warning) {
  options.server.control_api = options.activate = false;
  EXPECT_THAT(counting({reading_of({})}),
              ElementsAre("level=warn msg=\"not counting by bpf, and nothing can switch it on\" "
                          "remedy=\"leave out --no-activate or --web.disable-control-api\""));
  SourceReading kmod = reading_of({});
  kmod.source = "kmod";
  EXPECT_THAT(counting({kmod}), ElementsAre("level=info msg=\"not counting by kmod: write activate "
                                            "to /proc/mooc/net/drop-packet\""));
  options.activate = true;  // another source counts
  EXPECT_THAT(counting({reading_of({})}), ElementsAre("level=info msg=\"not counting by bpf\""));
}

TEST_F(StartLog, a_source_with_every_hook_refused_is_an_error_and_does_not_wait) {
  Snapshot snapshot;
  for (const ProbeInfo& hook : hooks()) refuse(snapshot.probes[hook.id], std::string(hook.label));
  const auto lines = counting({reading_of(snapshot)});
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0], "level=error msg=\"not counting by bpf\"");
  EXPECT_THAT(lines[1], HasSubstr("level=warn msg=\"hooks are not attached\" dev_queue_xmit="));
  EXPECT_THAT(lines[2], HasSubstr("level=warn msg=\"preflight\" check=kprobes"));
}

TEST_F(StartLog, addresses_come_with_the_url_to_open) {
  const std::vector<std::string> addresses = {":10942", "unix:/run/s"};
  EXPECT_THAT(lines_of([&] { log_addresses(addresses, false); }),
              ElementsAre("level=info msg=\"listening\" address=:10942 url=http://localhost:10942/",
                          "level=info msg=\"listening\" address=unix:/run/s"));
  EXPECT_EQ(page_url("127.0.0.1:80", false), "http://127.0.0.1:80/");
  EXPECT_EQ(page_url("[::]:80", true), "https://localhost:80/");
  EXPECT_EQ(page_url("0.0.0.0:80", true), "https://localhost:80/");
  EXPECT_EQ(page_url("[fe80::1]:80", false), "http://[fe80::1]:80/");
}

TEST_F(StartLog, program_line_has_version_and_kernel) {
  const auto lines = lines_of([] { log_program(); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], HasSubstr("level=info msg=\"packetdrop-exporter starts\" version="));
  EXPECT_THAT(lines[0], HasSubstr(" kernel="));
}

TEST_F(StartLog, fields_below_the_level_are_not_logged) {
  const LogField field{"a", "b"};
  EXPECT_THAT(lines_of([&] { log_with_fields(LogLevel::kDebug, "x", {&field, 1}); }), IsEmpty());
}

TEST_F(StartLog, values_are_quoted_where_logfmt_needs_it) {
  for (const auto& [value, shown] : std::vector<std::pair<std::string, std::string>>{
           {"plain:(x)", "plain:(x)"}, {"", "\"\""}, {"a=b", "\"a=b\""}, {"a\nb", "\"a\\nb\""}}) {
    const LogField field{"field", value};
    EXPECT_THAT(lines_of([&] {
                  log_with_fields(LogLevel::kInfo, "m", {&field, 1});
                }),
                ElementsAre("level=info msg=\"m\" field=" + shown));
  }
}

}  // namespace
}  // namespace packetdrop
