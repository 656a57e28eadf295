// SPDX-License-Identifier: Apache-2.0
// What each command line means, and the error for a wrong one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/nearest.h"
#include "base/version.h"
#include "config/command_line.h"
#include "config/flags.h"

namespace packetdrop {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Outcome = std::variant<Options, PrintAndExit>;

Outcome parse(const std::vector<std::string>& arguments) {
  std::vector<const char*> argv = {"packetdrop_exporter"};
  for (const std::string& argument : arguments) argv.push_back(argument.c_str());
  return parse_command_line(static_cast<int>(argv.size()), argv.data());
}

Options options(const std::vector<std::string>& arguments) {
  const Outcome outcome = parse(arguments);
  if (const auto* exit = std::get_if<PrintAndExit>(&outcome)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<Options>(outcome);
}

PrintAndExit refusal(const std::vector<std::string>& arguments) {
  const Outcome outcome = parse(arguments);
  if (const auto* exit = std::get_if<PrintAndExit>(&outcome)) return *exit;
  ADD_FAILURE() << "was accepted";
  return {.code = -1, .text = {}};
}

TEST(CommandLine, without_flags_is_the_defaults) { EXPECT_EQ(options({}), Options{}); }

TEST(CommandLine, shows_the_defaults_that_Options_has) {
  for (const Flag& flag : flags()) {
    if (flag.shown.empty() || flag.shown == "FILE" || flag.shown == "URL" || flag.shown == "UID")
      continue;
    EXPECT_EQ(options({std::string(flag.name) + "=" + std::string(flag.shown)}), Options{})
        << flag.name;
  }
}

struct Unusual {
  std::vector<std::string> arguments;
  void (*put)(Options&);  // what they are to change in the defaults
};

// By flag: a value that nobody has by default, and where it arrives.
const std::map<std::string_view, Unusual> kUnusual = {
    {"--web.listen-address",
     {{"--web.listen-address=127.0.0.1:1", "--web.listen-address=[::1]:2",
       "--web.listen-address=unix:/run/s"},
      [](Options& o) {
        o.server.listen_addresses = {"127.0.0.1:1", "[::1]:2", "unix:/run/s"};
      }}},
    {"--web.telemetry-path",
     {{"--web.telemetry-path=/m"}, [](Options& o) { o.server.telemetry_path = "/m"; }}},
    {"--web.max-requests",
     {{"--web.max-requests=0"}, [](Options& o) { o.server.max_requests = 0; }}},
    {"--web.max-control-requests",
     {{"--web.max-control-requests=7"}, [](Options& o) { o.server.max_control_requests = 7; }}},
    {"--web.disable-exporter-metrics",
     {{"--web.disable-exporter-metrics"}, [](Options& o) { o.server.exporter_metrics = false; }}},
    {"--web.created-timestamps",
     {{"--web.created-timestamps"}, [](Options& o) { o.server.created_timestamps = true; }}},
    {"--web.disable-control-api",
     {{"--web.disable-control-api"}, [](Options& o) { o.server.control_api = false; }}},
    {"--web.control-uid",
     {{"--web.control-uid=1000", "--web.control-uid=7"},
      [](Options& o) {
        o.server.control_uids = {0, 1000, 7};
      }}},
    {"--web.config.file",
     {{"--web.config.file=/etc/web.yml"},
      [](Options& o) { o.server.web_config_file = "/etc/web.yml"; }}},
    {"--log.level", {{"--log.level=debug"}, [](Options& o) { o.log.level = LogLevel::kDebug; }}},
    {"--log.format", {{"--log.format=json"}, [](Options& o) { o.log.format = LogFormat::kJson; }}},
    {"--path.procfs",
     {{"--path.procfs=/host/proc"}, [](Options& o) { o.paths.procfs = "/host/proc"; }}},
    {"--path.sysfs", {{"--path.sysfs=/host/sys"}, [](Options& o) { o.paths.sysfs = "/host/sys"; }}},
    {"--source", {{"--source=kmod"}, [](Options& o) { o.source = SourceChoice::kKmod; }}},
    {"--activate", {{"--no-activate"}, [](Options& o) { o.activate = false; }}},
    {"--bpf.attach",
     {{"--bpf.attach=kprobe"}, [](Options& o) { o.bpf.attach = BpfAttach::kKprobe; }}},
    {"--bpf.btf", {{"--bpf.btf=/tmp/btf"}, [](Options& o) { o.bpf.btf = "/tmp/btf"; }}},
    {"--probe",
     {{"--probe=https://[::1]:1/-/ready"},
      [](Options& o) { o.probe.url = "https://[::1]:1/-/ready"; }}},
    // They need those before them.
    {"--probe.certificate",
     {{"--probe=https://h", "--probe.certificate=/tmp/cert"},
      [](Options& o) {
        o.probe.url = "https://h";
        o.probe.certificate = "/tmp/cert";
      }}},
    {"--probe.key",
     {{"--probe=https://h", "--probe.certificate=/tmp/cert", "--probe.key=/tmp/key"},
      [](Options& o) {
        o.probe = {.url = "https://h", .certificate = "/tmp/cert", .key = "/tmp/key"};
      }}},
};

TEST(CommandLine, puts_each_flag_where_the_program_reads_it) {
  for (const Flag& flag : flags()) {
    if (flag.kind == FlagKind::kRefused) continue;
    const auto row = kUnusual.find(flag.name);
    ASSERT_NE(row, kUnusual.end()) << flag.name << " has no row in kUnusual";
    Options expected;
    row->second.put(expected);
    EXPECT_NE(expected, Options{}) << flag.name;
    EXPECT_EQ(options(row->second.arguments), expected) << flag.name;
  }
}

// What the error for a wrong value lists: "…one of: auto, bpf"; empty for a flag without choices.
std::string choices_of(const std::string& flag) {
  const Outcome outcome = parse({flag + "=?"});
  const auto* const exit = std::get_if<PrintAndExit>(&outcome);
  const std::string text = exit != nullptr ? exit->text : "";
  static constexpr std::string_view kList = "one of: ";
  const std::size_t at = text.find(kList);
  if (at == text.npos) return {};
  return text.substr(at + kList.size(), text.find('\n') - at - kList.size());
}

TEST(CommandLine, and_the_chart_offer_the_same_choices) {
  std::ifstream file(PACKETDROP_CHART_SCHEMA);
  const nlohmann::json chart = nlohmann::json::parse(file)["properties"];
  const std::map<std::string, nlohmann::json> enums = {
      {"--source", chart["source"]["enum"]},
      {"--log.level", chart["log"]["properties"]["level"]["enum"]},
      {"--log.format", chart["log"]["properties"]["format"]["enum"]}};
  for (const auto& [flag, names] : enums) {
    std::string listed;
    for (const std::string name : names) listed.append(listed.empty() ? "" : ", ").append(name);
    EXPECT_EQ(choices_of(flag), listed) << flag;
  }
}

TEST(CommandLine, help_lists_every_choice) {
  for (const Flag& flag : flags()) {
    const std::string choices =
        flag.kind == FlagKind::kValue ? choices_of(std::string(flag.name)) : "";
    for (std::size_t at = 0; at < choices.size();) {
      const std::size_t end = std::min(choices.find(", ", at), choices.size());
      EXPECT_THAT(flag.help, HasSubstr(choices.substr(at, end - at))) << flag.name;
      at = end + 2;
    }
  }
}

TEST(CommandLine, takes_a_value_after_a_space_too) {
  Options expected;
  expected.server.listen_addresses = {":1", ":2"};
  expected.log.level = LogLevel::kWarn;
  EXPECT_EQ(
      options({"--web.listen-address", ":1", "--log.level", "warn", "--web.listen-address", ":2"}),
      expected);
}

TEST(CommandLine, knows_every_choice_by_name) {
  EXPECT_EQ(options({"--source=bpf"}).source, SourceChoice::kBpf);
  EXPECT_EQ(options({"--source=all"}).source, SourceChoice::kAll);
  EXPECT_EQ(options({"--bpf.attach=fentry"}).bpf.attach, BpfAttach::kFentry);
  EXPECT_EQ(options({"--bpf.attach=tracepoint"}).bpf.attach, BpfAttach::kTracepoint);
  EXPECT_EQ(options({"--log.level=error"}).log.level, LogLevel::kError);
  EXPECT_TRUE(options({"--activate"}).activate);
}

TEST(CommandLine, takes_every_shape_of_address) {
  for (const char* address :
       {":0", ":65535", "0.0.0.0:80", "[::]:80", "[fe80::1]:1", "localhost:1", "node-1.example:1"})
    EXPECT_THAT(options({std::string("--web.listen-address=") + address}).server.listen_addresses,
                ElementsAre(address));
}

struct Wrong {
  std::vector<std::string> arguments;
  const char* message;  // all of it, but for the program's name
};

TEST(CommandLine, tells_what_is_wrong_and_what_is_right) {
  const std::vector<Wrong> cases = {
      {{"--web.listen-adress=:1"},
       "unknown flag --web.listen-adress; did you mean --web.listen-address?"},
      {{"--web.listen-adress", ":1"},
       "unknown flag --web.listen-adress; did you mean --web.listen-address?"},
      {{"--log.levle=info"}, "unknown flag --log.levle; did you mean --log.level?"},
      {{"--no-activated"}, "unknown flag --no-activated; did you mean --no-activate?"},
      {{"--versoin"}, "unknown flag --versoin; did you mean --version?"},
      {{"--collector.zfs"}, "unknown flag --collector.zfs"},
      {{"-x"}, "unknown flag -x"},
      {{"extra"}, "unexpected argument \"extra\"; only flags are accepted"},
      {{"--", "--web.listen-address=:1"},
       "unexpected argument \"--web.listen-address=:1\"; flags after -- are not read"},
      {{"--log.level=warn", "--", "-x", "--bogus"},
       "unexpected argument \"-x\"; flags after -- are not read"},
      {{"--", "extra"}, "unexpected argument \"extra\"; only flags are accepted"},
      {{""}, "unexpected argument \"\"; only flags are accepted"},
      {{"--log.level=inf"},
       "--log.level: unknown value \"inf\"; did you mean info? one of: debug, info, warn, error"},
      {{"--log.format=xml"}, "--log.format: unknown value \"xml\"; one of: logfmt, json"},
      {{"--source=BPF"}, "--source: unknown value \"BPF\"; one of: auto, bpf, kmod, all"},
      {{"--bpf.attach=kprobes"},
       "--bpf.attach: unknown value \"kprobes\"; did you mean kprobe? one of: auto, kprobe, "
       "fentry, tracepoint"},
      {{"--probe=ftp://a/"},
       "--probe: invalid URL \"ftp://a/\": expected http://HOST:PORT/PATH or https://…"},
      {{"--probe.certificate=/c"}, "--probe.certificate needs --probe"},
      {{"--probe.key=/k"}, "--probe.key needs --probe"},
      {{"--probe=http://a/", "--probe.certificate=/c"},
       "--probe.certificate needs --probe=https://HOST:PORT/PATH"},
      {{"--probe.key=/k", "--probe=http://a/"}, "--probe.key needs --probe=https://HOST:PORT/PATH"},
      {{"--probe=https://a/", "--probe.key=/k"}, "--probe.key needs --probe.certificate"},
      {{"--bpf.btf="}, "--bpf.btf needs a value"},
      {{"--bpf.btf", ""}, "--bpf.btf: needs a path"},
      {{"--log.level"}, "--log.level needs a value"},
      {{"--web.listen-address", "--activate"}, "--web.listen-address needs a value"},
      {{"--web.listen-address", ":1", ":2"}, "unexpected argument \":2\"; only flags are accepted"},
      {{"--activate=no"}, "--activate takes no value"},
      {{"--no-activate=1"}, "--no-activate takes no value"},
      {{"--web.disable-control-api=maybe"}, "--web.disable-control-api takes no value"},
      {{"--web.disable-control-api="}, "--web.disable-control-api takes no value"},
      {{"--web.disable-exporter-metrics=true"}, "--web.disable-exporter-metrics takes no value"},
      {{"--web.created-timestamps=false"}, "--web.created-timestamps takes no value"},
      {{"--activate="}, "--activate takes no value"},
      {{"--activate=true"}, "--activate takes no value"},
      {{"--no-activate=true"}, "--no-activate takes no value"},
      {{"--help=1"}, "--help takes no value"},
      {{"-h=1"}, "-h takes no value"},
      {{"--version="}, "--version takes no value"},
      {{"--help", "--version=true"}, "--version takes no value"},
      {{"--web.max-requests=-1"},
       "--web.max-requests: invalid request limit \"-1\": expected 0 (no limit) or greater"},
      {{"--web.max-control-requests=x"},
       "--web.max-control-requests: invalid request limit \"x\": expected 0 (no limit) or greater"},
      {{"--web.max-requests=9999999999"},
       "--web.max-requests: invalid request limit \"9999999999\": expected 0 (no limit) or "
       "greater"},
      {{"--log.level=info", "--log.level=warn"}, "--log.level is given more than once"},
      {{"--activate", "--no-activate"}, "--activate is given more than once"},
      {{"--web.systemd-socket"},
       "--web.systemd-socket: is not supported; use --web.listen-address"},
  };
  for (const Wrong& c : cases) {
    const PrintAndExit exit = refusal(c.arguments);
    EXPECT_EQ(exit.code, 2) << c.message;
    EXPECT_EQ(exit.text, "packetdrop_exporter: " + std::string(c.message) +
                             "\nTry packetdrop_exporter --help.\n");
  }
}

TEST(CommandLine, refuses_addresses_that_cannot_be_listened_on) {
  for (const char* address :
       {"10942", ":", ":x", ":-1", ":+1", ":65536", ": 1", "ho st:1", "a/b:1", "1.2.3:1", "::1:1",
        "[::1]", "[::1:1", "[]:1", "[1.2.3.4]:1", "http://x:1"}) {
    const PrintAndExit exit = refusal({std::string("--web.listen-address=") + address});
    EXPECT_EQ(exit.code, 2) << address;
    EXPECT_THAT(exit.text, HasSubstr("expected :PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH"))
        << address;
  }
}

TEST(CommandLine, refuses_unix_sockets_that_cannot_be_listened_on) {
  for (const char* address : {"unix:", "unix:relative", "unix:/a,b"})
    EXPECT_THAT(refusal({std::string("--web.listen-address=") + address}).text,
                HasSubstr("expected unix:/PATH"))
        << address;
}

TEST(CommandLine, keeps_the_default_of_one_flag_where_another_is_repeated) {
  const Options set = options({"--web.control-uid=1", "--web.control-uid=2"});
  EXPECT_EQ(set.server.listen_addresses, Options{}.server.listen_addresses);
  EXPECT_EQ(set.server.control_uids, (std::vector<uid_t>{0, 1, 2}));
}

TEST(CommandLine, refuses_a_telemetry_path_that_is_none_or_taken) {
  for (const char* path :
       {"metrics",   "",          "/a b",        "/a?b",           "/<script>",
        "/\xc3\xbc", "/",         "/activate",   "/deactivate",    "//evil.example/x",
        "/a//b",     "/a//",      "/..",         "/a/../b",        "/a/..",
        "/.",        "/a/./b",    "/./activate", "/api/v1/status", "/-/healthy",
        "/-/ready",  "/runbooks", "/runbooks/x"})
    EXPECT_EQ(refusal({std::string("--web.telemetry-path=") + path}).code, 2) << path;
}

TEST(CommandLine, takes_a_telemetry_path_of_plain_segments) {
  for (const std::string path : {"/m", "/m/", "/a.b/..c/d../.e", "/~a_b-c"})
    EXPECT_EQ(options({"--web.telemetry-path=" + path}).server.telemetry_path, path);
}

TEST(CommandLine, help_has_one_line_for_each_flag_with_its_default) {
  for (const char* flag : {"--help", "-h"}) {
    const PrintAndExit exit = refusal({flag});
    EXPECT_EQ(exit.code, 0);
    for (const Flag& row : flags()) {
      if (row.kind == FlagKind::kRefused) {
        EXPECT_THAT(exit.text, Not(HasSubstr(std::string(row.name))));
      } else {
        EXPECT_THAT(exit.text, HasSubstr("\n  " + display(row) + "  ")) << row.name;
      }
    }
  }
}

TEST(CommandLine, help_wins_over_a_wrong_flag) {
  EXPECT_EQ(refusal({"--nonsense", "--help"}).code, 0);
}

TEST(CommandLine, version_names_version_revision_and_compiler) {
  const PrintAndExit exit = refusal({"--version"});
  const BuildInfo& info = build_info();
  EXPECT_EQ(exit.code, 0);
  EXPECT_EQ(exit.text, "packetdrop_exporter, version " + std::string(info.version) +
                           " (revision: " + std::string(info.revision) +
                           ")\n  compiler: " + std::string(info.compiler) + "\n");
}

TEST(Nearest, counts_insertions_deletions_and_replacements) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("abc", ""), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("adress", "address"), 1u);
}

TEST(Nearest, offers_the_closest_or_nothing) {
  constexpr std::string_view kWords[] = {"debug", "info", "warn"};
  EXPECT_EQ(nearest("inf", kWords), "info");
  EXPECT_EQ(nearest("debgu", kWords), "debug");
  EXPECT_EQ(nearest("debg", kWords), "debug");
  EXPECT_EQ(nearest("zzzz", kWords), "");
  EXPECT_EQ(nearest("x", {}), "");
}

}  // namespace
}  // namespace packetdrop
