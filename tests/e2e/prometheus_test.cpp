// SPDX-License-Identifier: Apache-2.0
// A real Prometheus scrapes the exporter, and PromQL returns what a sender sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "lab/exporter.h"
#include "lab/sender.h"
#include "support/http_client.h"

namespace packetdrop {
namespace {

using lab::Bytes;
using lab::NetNs;
using lab::operator+;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// A busy machine starts Prometheus late and misses scrapes.
constexpr auto kPatience = seconds(60);
constexpr int kSctpFrames = 211;
constexpr int kUdpFrames = 307;
constexpr double kSeriesBudget = 400;

// A folder that goes with this object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = "/tmp/packetdrop-prometheus-XXXXXX";
    if (mkdtemp(name.data())) path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string percent_encode(const std::string& text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

double seconds_since_epoch() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

// By the value of the label "hook", which every query here leaves.
using PerHook = std::map<std::string, double>;

class Prometheus : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string program : {"prometheus", "promtool"}) {
      if (lab::run_command("command -v " + program)) continue;
      const char* ci = std::getenv("CI");
      ASSERT_FALSE(ci && std::string_view(ci) == "true")
          << program << " is missing: apt-get install prometheus";
      GTEST_SKIP() << program << " is missing: apt-get install prometheus";
    }
    auto exporter = lab::Exporter::start();
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
  }

  void TearDown() override {
    if (!prometheus_) return;
    prometheus_->signal(SIGTERM);
    EXPECT_TRUE(prometheus_->wait(kPatience));
  }

  // Prometheus before 2.49 asks for OpenMetrics and has no option against it.
  void start_prometheus() {
    ASSERT_FALSE(folder_.path().empty());
    const std::string config = folder_.path() + "/prometheus.yml";
    std::ofstream(config) << "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\n"
                          << "scrape_configs:\n  - job_name: packetdrop\n    static_configs:\n"
                          << "      - targets: ['" << exporter_->ipv4() << "']\n";
    address_ = "127.0.0.1:" + std::to_string(lab::free_port());
    const std::string log = folder_.path() + "/log";
    auto process = lab::Process::start(
        {"prometheus", "--config.file=" + config, "--storage.tsdb.path=" + folder_.path() + "/data",
         "--web.listen-address=" + address_},
        log);
    ASSERT_TRUE(process) << process.error().message;
    prometheus_.emplace(*std::move(process));
    const bool ready = poll([&] {
      const auto response = http_request(address_, "GET", "/-/ready");
      return !prometheus_->is_running() || (response && response->status == 200);
    });
    const auto logged = read_file(log);
    ASSERT_TRUE(ready && prometheus_->is_running()) << (logged ? *logged : "");
  }

  static bool poll(const std::function<bool()>& done) {
    const auto deadline = steady_clock::now() + kPatience;
    while (!done()) {
      if (steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(milliseconds(50));
    }
    return true;
  }

  // The vector that an instant query returns; `time` in seconds since 1970, 0 is now.
  nlohmann::json query(const std::string& promql, double time = 0) {
    std::string target = "/api/v1/query?query=" + percent_encode(promql);
    if (time > 0) target += "&time=" + std::to_string(time);
    const auto response = http_request(address_, "GET", target);
    EXPECT_TRUE(response) << response.error().message;
    if (!response) return nlohmann::json::array();
    const auto answer = nlohmann::json::parse(response->body, nullptr, false);
    EXPECT_TRUE(answer.is_object() && answer.value("status", "") == "success")
        << promql << ": " << response->body;
    return response->status == 200 ? answer["data"]["result"] : nlohmann::json::array();
  }

  static double value_of(const nlohmann::json& sample) {
    return std::stod(sample["value"][1].get<std::string>());
  }

  // The value of the only series that a query returns; -1 where it is not just one.
  double single(const std::string& promql, double time = 0) {
    const nlohmann::json result = query(promql, time);
    return result.size() == 1 ? value_of(result[0]) : -1;
  }

  PerHook per_hook(const std::string& promql, double time) {
    PerHook values;
    for (const nlohmann::json& sample : query(promql, time))
      values[sample["metric"]["hook"]] = value_of(sample);
    return values;
  }

  // The time of the first good scrape that began after `time`; 0 if there is none.
  double scrape_after(double time) {
    double scraped = 0;
    poll([&] {
      scraped = single("timestamp(up{job=\"packetdrop\"}) and up{job=\"packetdrop\"} == 1");
      return scraped > time;
    });
    return scraped > time ? scraped : 0;
  }

  // How much each hook has counted under `key` between two instants.
  PerHook counted(const std::string& unit, pd_key key, double before, double after) {
    const std::string series = "max without (source) (packetdrop_hook_" + unit +
                               "_total{family=\"" + std::string(keys()[key].family) +
                               "\",protocol=\"" + std::string(keys()[key].protocol) + "\"})";
    const PerHook old_values = per_hook(series, before);
    PerHook values = per_hook(series, after);
    for (auto& [hook, value] : values) {
      EXPECT_TRUE(old_values.contains(hook)) << series;
      value -= old_values.contains(hook) ? old_values.at(hook) : 0;
    }
    return values;
  }

  struct Sent {
    pd_key key;
    std::uint64_t count;
    std::uint64_t frame;  // bytes, with the Ethernet header
    std::vector<pd_hook> hooks;
  };

  void expect_counted(const Sent& sent, double before, double after) {
    const PerHook attached = per_hook("max without (source) (packetdrop_hook_attached)", after);
    for (const std::string unit : {"packets", "segments", "bytes"}) {
      PerHook expected;
      for (const ProbeInfo& hook : hooks()) {
        if (!is_legal(hook, sent.key)) continue;
        const std::string label(hook.label);
        const bool sees = attached.contains(label) && attached.at(label) == 1 &&
                          std::ranges::find(sent.hooks, hook.id) != sent.hooks.end();
        const std::uint64_t each = unit != "bytes" ? 1 : sent.frame - stripped(hook);
        expected[label] = sees ? static_cast<double>(sent.count * each) : 0;
      }
      EXPECT_EQ(counted(unit, sent.key, before, after), expected) << unit;
    }
  }

  static std::uint64_t stripped(const ProbeInfo& hook) {
    return hook.bytes == "Ethernet header not included" ? 14 : 0;
  }

  TemporaryFolder folder_;  // outlives the program that writes to it
  std::optional<lab::Exporter> exporter_;
  std::optional<lab::Process> prometheus_;
  std::string address_;
};

// Keys that nobody else uses: tcp_v4_rcv, which sees TCP alone, has its turn in exactness_test.
TEST_F(Prometheus, promql_returns_what_was_sent) {
  auto ns = NetNs::create();
  ASSERT_TRUE(ns) << ns.error().message;
  for (const char* which : {"all", "default"})
    ASSERT_TRUE(ns->sysctl(std::string("net.ipv6.conf.") + which + ".disable_ipv6", "1"));
  ASSERT_TRUE(ns->ip("link add tx0 type veth peer name rx0"));
  for (const char* device : {"tx0", "rx0"})
    ASSERT_TRUE(ns->ip("link set " + std::string(device) + " addrgenmode none up"));
  for (const char* device : {"tx0", "rx0"}) ASSERT_TRUE(ns->await_carrier(device));
  auto tap = lab::TapSender::open(*ns, "tap0");
  ASSERT_TRUE(tap) << tap.error().message;
  auto veth = lab::FrameSender::open(*ns, "tx0");
  ASSERT_TRUE(veth) << veth.error().message;
  start_prometheus();
  if (HasFatalFailure()) return;

  const Bytes sctp = lab::ethernet(0x0800) + lab::ipv4(132, lab::zeros(30));
  const Bytes udp = lab::ethernet(0x86dd) + lab::ipv6(17, lab::udp(100));
  const Sent received = {
      .key = PD_KEY_IPV4_SCTP,
      .count = kSctpFrames,
      .frame = sctp.size(),
      .hooks = {PD_HOOK_ETH_TYPE_TRANS, PD_HOOK_NAPI_GRO_RECEIVE, PD_HOOK_NETIF_RECEIVE_SKB_CORE}};
  const Sent both_ways = {.key = PD_KEY_IPV6_UDP,
                          .count = kUdpFrames,
                          .frame = udp.size(),
                          .hooks = {PD_HOOK_DEV_QUEUE_XMIT, PD_HOOK_NET_DEV_XMIT,
                                    PD_HOOK_ETH_TYPE_TRANS, PD_HOOK_NETIF_RECEIVE_SKB_CORE}};

  const double before = scrape_after(seconds_since_epoch());
  ASSERT_GT(before, 0) << "no scrape";
  const auto tapped = tap->send(sctp, kSctpFrames);
  ASSERT_TRUE(tapped) << tapped.error().message;
  const auto transmitted = veth->send(udp, kUdpFrames);
  ASSERT_TRUE(transmitted) << transmitted.error().message;

  // Until all have arrived, and one scrape more for what must not come.
  double after = seconds_since_epoch();
  const double deadline = after + 20;
  do {
    after = scrape_after(after);
    ASSERT_GT(after, 0) << "no scrape";
  } while (counted("packets", both_ways.key, before, after)["netif_receive_skb_core"] <
               kUdpFrames &&
           after < deadline);
  after = scrape_after(after);
  ASSERT_GT(after, 0) << "no scrape";

  expect_counted(received, before, after);
  expect_counted(both_ways, before, after);
  EXPECT_EQ(single("sum(packetdrop_missed_events_total)", after),
            single("sum(packetdrop_missed_events_total)", before));
}

TEST_F(Prometheus, scrape_is_up_and_within_the_series_budget) {
  start_prometheus();
  if (HasFatalFailure()) return;
  const double scraped = scrape_after(seconds_since_epoch());
  ASSERT_GT(scraped, 0) << "no scrape";
  EXPECT_EQ(single("up{job=\"packetdrop\"}", scraped), 1);
  const double sources = single("sum(packetdrop_active)", scraped);
  EXPECT_GE(sources, 1);
  const double samples = single("scrape_samples_scraped{job=\"packetdrop\"}", scraped);
  EXPECT_GT(samples, 100);
  EXPECT_LE(samples, kSeriesBudget * sources);
}

TEST_F(Prometheus, promql_of_the_docs_is_valid) {
  const char* folder = std::getenv("PACKETDROP_DOCS");
  ASSERT_NE(folder, nullptr) << "PACKETDROP_DOCS names no folder";
  const auto page = read_file(std::string(folder) + "/metrics.md");
  ASSERT_TRUE(page) << page.error().message;
  static const std::string kFence = "```promql\n";
  const std::size_t start = page->find(kFence);
  ASSERT_NE(start, std::string::npos);
  start_prometheus();
  if (HasFatalFailure()) return;
  // rate() wants two.
  const double last = scrape_after(scrape_after(seconds_since_epoch()));
  ASSERT_GT(last, 0) << "no scrape";

  std::istringstream lines(page->substr(start + kFence.size()));
  int examples = 0;
  for (std::string line; std::getline(lines, line) && line != "```";) {
    if (line.starts_with('#')) continue;
    examples++;
    EXPECT_TRUE(line.starts_with("max without (source) (")) << line;
    const nlohmann::json result = query(line, last);
    const bool shows_trouble_only =
        line.find(") > 0") != std::string::npos || line.find(") == 0") != std::string::npos;
    EXPECT_TRUE(shows_trouble_only || !result.empty()) << line;
  }
  EXPECT_GT(examples, 0);
}

TEST_F(Prometheus, promtool_has_nothing_to_say_of_a_live_scrape) {
  const auto response = http_request(exporter_->ipv4(), "GET", "/metrics");
  ASSERT_TRUE(response) << response.error().message;
  ASSERT_FALSE(folder_.path().empty());
  const std::string file = folder_.path() + "/scrape";
  std::ofstream(file) << response->body;
  const auto said = lab::command_output("promtool check metrics <" + file);
  ASSERT_TRUE(said) << said.error().message;
  EXPECT_EQ(*said, "");
}

}  // namespace
}  // namespace packetdrop
