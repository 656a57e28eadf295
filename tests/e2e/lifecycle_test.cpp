// SPDX-License-Identifier: Apache-2.0
// The program from start to end: what it leaves behind, what it answers, what it says on errors.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <atomic>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "base/version.h"
#include "lab/exporter.h"
#include "lab/sender.h"
#include "support/http_client.h"

namespace packetdrop {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr auto kEndLimit = seconds(10);

// The count once the programs of the test before are gone: nobody else's come and go here.
int settled_program_count() {
  int count = lab::bpf_program_count();
  for (int quiet = 0; quiet < 10; quiet++) {
    std::this_thread::sleep_for(milliseconds(20));
    const int now = lab::bpf_program_count();
    if (now != count) quiet = 0;
    count = now;
  }
  return count;
}

// The kernel frees programs a grace period after their last reference.
int programs_after_a_while(int wanted) {
  const auto deadline = steady_clock::now() + seconds(5);
  while (lab::bpf_program_count() > wanted && steady_clock::now() < deadline)
    std::this_thread::sleep_for(milliseconds(10));
  return lab::bpf_program_count();
}

struct Ended {
  int code = -1;
  std::string output;
};

// Runs the program to its end.
Ended run_exporter(std::vector<std::string> arguments) {
  const lab::TemporaryFile log;
  const char* program = std::getenv("PACKETDROP_EXPORTER");
  EXPECT_NE(program, nullptr);
  arguments.insert(arguments.begin(), program ? program : "packetdrop_exporter");
  auto process = lab::Process::start(arguments, log.path());
  if (!process) return {.code = -1, .output = process.error().message};
  const auto code = process->wait(kEndLimit);
  const auto output = read_file(log.path());
  return {.code = code ? *code : -1, .output = output ? *output : ""};
}

// UDP over loopback of a namespace of its own, in the background.
class Traffic {
 public:
  Traffic() {
    auto created = lab::NetNs::create();
    EXPECT_TRUE(created);
    if (!created) return;
    ns_.emplace(*std::move(created));
    EXPECT_TRUE(ns_->ip("link set lo up"));
    auto sink = lab::open_sink(*ns_);
    EXPECT_TRUE(sink);
    if (sink) sink_ = *std::move(sink);
    thread_ = std::thread([this] {
      while (!stop_) {
        EXPECT_TRUE(lab::send_datagrams(*ns_, "::1", 64, 200));
        std::this_thread::sleep_for(milliseconds(1));
      }
    });
  }
  ~Traffic() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::optional<lab::NetNs> ns_;
  UniqueFd sink_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

class Lifecycle : public testing::Test {
 protected:
  void SetUp() override { programs_before_ = settled_program_count(); }

  void start(const std::vector<std::string>& flags = {}) {
    auto exporter = lab::Exporter::start(flags);
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
  }

  double value(const std::string& name, const lab::Labels& labels = {}) {
    const auto scrape = exporter_->scrape();
    EXPECT_TRUE(scrape) << scrape.error().message;
    return scrape ? scrape->sum(name, labels) : -1;
  }

  int programs_before_ = 0;
  std::optional<lab::Exporter> exporter_;
};

TEST_F(Lifecycle, sigterm_ends_with_0_and_leaves_no_bpf) {
  start();
  EXPECT_GT(lab::bpf_program_count(), programs_before_);
  exporter_->process().signal(SIGTERM);
  const auto code = exporter_->process().wait(kEndLimit);
  ASSERT_TRUE(code) << code.error().message;
  EXPECT_EQ(*code, 0);
  EXPECT_EQ(programs_after_a_while(programs_before_), programs_before_);
}

TEST_F(Lifecycle, sigint_ends_with_0) {
  start();
  exporter_->process().signal(SIGINT);
  const auto code = exporter_->process().wait(kEndLimit);
  ASSERT_TRUE(code) << code.error().message;
  EXPECT_EQ(*code, 0);
}

TEST_F(Lifecycle, kill_while_counting_leaves_no_bpf) {
  const Traffic traffic;
  for (int i = 0; i < 5; i++) {
    start();
    EXPECT_GT(lab::bpf_program_count(), programs_before_);
    exporter_->process().signal(SIGKILL);
    ASSERT_TRUE(exporter_->process().wait(kEndLimit));
    EXPECT_EQ(programs_after_a_while(programs_before_), programs_before_);
  }
}

TEST_F(Lifecycle, says_at_start_which_program_serves_where_and_what_counts) {
  start({"--log.format=json"});
  std::vector<nlohmann::json> lines;
  std::istringstream log(exporter_->log());
  for (std::string line; std::getline(log, line);) {
    lines.push_back(nlohmann::json::parse(line, nullptr, false));
    ASSERT_TRUE(lines.back().is_object()) << line;
  }
  ASSERT_GE(lines.size(), 4u);
  EXPECT_EQ(lines[0]["msg"], "packetdrop-exporter starts");
  EXPECT_EQ(lines[0]["version"], build_info().version);
  utsname kernel{};
  ASSERT_EQ(uname(&kernel), 0);
  EXPECT_EQ(lines[0]["kernel"], std::string(kernel.release));
  EXPECT_EQ(lines[1]["url"], "http://" + exporter_->ipv4() + "/");
  EXPECT_EQ(lines[2]["url"], "http://" + exporter_->ipv6() + "/");
  EXPECT_EQ(lines[3]["msg"], "counting by bpf on all network devices");
  for (const ProbeInfo& hook : hooks())
    EXPECT_TRUE(lines[3].contains(std::string(hook.label))) << hook.label;
  EXPECT_TRUE(lines[3].contains("drops"));
}

TEST_F(Lifecycle, says_who_switched_it) {
  start({"--log.format=json"});
  EXPECT_TRUE(exporter_->post("/deactivate"));
  EXPECT_TRUE(exporter_->post("/activate?ttl=1h"));
  const std::string log = exporter_->log();
  EXPECT_THAT(log, HasSubstr(R"("msg":"deactivated by POST","source":"default","query":"")"));
  EXPECT_THAT(log, HasSubstr(R"("msg":"activated by POST","source":"default","query":"ttl=1h")"));
  EXPECT_THAT(log, HasSubstr(R"("uid":")" + std::to_string(getuid()) + '"'));
}

TEST_F(Lifecycle, host_paths_that_are_not_there_end_with_1_and_are_named) {
  for (const std::string flag : {"--path.procfs=/nonexistent", "--path.sysfs=/dev/null"}) {
    const Ended ended = run_exporter({flag});
    EXPECT_EQ(ended.code, 1);
    EXPECT_THAT(ended.output, HasSubstr(flag + ": "));
  }
}

TEST_F(Lifecycle, created_timestamps_come_with_the_first_drop_where_asked_for) {
  start({"--web.created-timestamps"});
  const auto before = std::chrono::system_clock::now() - milliseconds(20);  // of two clocks
  const auto ns = lab::NetNs::create();
  ASSERT_TRUE(ns) << ns.error().message;
  ASSERT_TRUE(ns->ip("link set lo up"));
  ASSERT_TRUE(lab::drop_datagrams(*ns, "127.0.0.1", 1));
  const auto after = std::chrono::system_clock::now();
  const auto response = http_request(exporter_->ipv6(), "GET", "/metrics",
                                     {{"Accept", "application/openmetrics-text; version=1.0.0"}});
  ASSERT_TRUE(response) << response.error().message;
  const std::string series = "packetdrop_drop_functions_created{source=\"bpf\",";
  const std::size_t at = response->body.find(series);
  ASSERT_NE(at, std::string::npos) << response->body;
  // Of this host's other drops some may have been before.
  std::vector<double> times;
  std::istringstream lines(response->body);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(series)) times.push_back(std::stod(line.substr(line.rfind(' '))));
  const auto seconds_of = [](std::chrono::system_clock::time_point time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count();
  };
  EXPECT_THAT(times, testing::Contains(testing::AllOf(testing::Ge(seconds_of(before)),
                                                      testing::Le(seconds_of(after)))));
}

TEST_F(Lifecycle, starts_inactive_when_asked_to_and_is_ready) {
  start({"--no-activate"});
  EXPECT_EQ(lab::bpf_program_count(), programs_before_);
  EXPECT_EQ(value("packetdrop_active"), 0);
  const auto ready = http_request(exporter_->ipv4(), "GET", "/-/ready");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 200);
  ASSERT_TRUE(exporter_->post("/activate"));
  EXPECT_EQ(value("packetdrop_active"), 1);
}

TEST_F(Lifecycle, a_ttl_ends_the_counting) {
  start({"--no-activate"});
  ASSERT_TRUE(exporter_->post("/activate?ttl=1s"));
  EXPECT_EQ(value("packetdrop_active"), 1);
  const auto deadline = steady_clock::now() + seconds(5);
  while (value("packetdrop_active") == 1 && steady_clock::now() < deadline)
    std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(value("packetdrop_active"), 0);
  EXPECT_EQ(programs_after_a_while(programs_before_), programs_before_);
}

TEST_F(Lifecycle, thousand_activations_under_traffic_leave_nothing_and_never_go_back) {
  const Traffic traffic;
  start({"--web.max-control-requests=0"});
  // One connection: each server thread that serves its first request touches its stack, which
  // would look like growth.
  auto client = HttpClient::connect(exporter_->ipv4());
  ASSERT_TRUE(client) << client.error().message;
  const auto post = [&](const char* target) {
    const auto response = client->request("POST", target);
    return response && response->status == 200;
  };
  double highest = 0;
  long early = 0;
  for (int cycle = 0; cycle < 1000; cycle++) {
    ASSERT_TRUE(post("/deactivate")) << "cycle " << cycle;
    ASSERT_TRUE(post("/activate")) << "cycle " << cycle;
    if (cycle % 50 == 0) {
      const auto response = client->get("/metrics");
      ASSERT_TRUE(response) << response.error().message;
      const auto scrape = lab::Scrape::parse(response->body);
      ASSERT_TRUE(scrape) << scrape.error().message;
      const double packets = scrape->sum("packetdrop_hook_packets_total", {{"protocol", "udp"}});
      EXPECT_GE(packets, highest);
      highest = packets;
    }
    if (cycle == 200) early = exporter_->process().resident();
  }
  EXPECT_GT(highest, 0);
  EXPECT_EQ(value("packetdrop_active"), 1);
  EXPECT_LE(exporter_->process().resident(), early + 512);
  exporter_->process().signal(SIGTERM);
  const auto code = exporter_->process().wait(kEndLimit);
  ASSERT_TRUE(code);
  EXPECT_EQ(*code, 0);
  EXPECT_EQ(programs_after_a_while(programs_before_), programs_before_);
}

TEST_F(Lifecycle, hundred_scrapes_at_once_are_all_answered) {
  start({"--web.max-requests=0"});
  std::atomic<int> complete = 0;
  for (int round = 0; round < 5; round++) {
    std::vector<std::thread> scrapers;
    for (int i = 0; i < 100; i++)
      scrapers.emplace_back([&] {
        const auto scrape = exporter_->scrape();
        if (scrape && scrape->sum("packetdrop_hook_attached", {}) > 0) complete++;
      });
    for (std::thread& scraper : scrapers) scraper.join();
  }
  EXPECT_EQ(complete, 500);
}

TEST_F(Lifecycle, memory_is_flat_over_scrapes) {
  start();
  auto client = HttpClient::connect(exporter_->ipv4());
  ASSERT_TRUE(client) << client.error().message;
  const auto scrape_times = [&](int times) {
    for (int i = 0; i < times; i++) {
      const auto response = client->get("/metrics");
      ASSERT_TRUE(response) << response.error().message;
      ASSERT_EQ(response->status, 200);
    }
  };
  scrape_times(1000);
  const long early = exporter_->process().resident();
  ASSERT_GT(early, 0);
  // What the two sources' readers hold at the same time moves the end of the heap, by less than
  // what the C library leaves there anyway: 128 KiB, or 13 bytes a scrape.
  scrape_times(10'000);
  EXPECT_LE(exporter_->process().resident(), early + 128);
}

TEST_F(Lifecycle, port_in_use_ends_with_1_and_names_the_address) {
  start();
  const Ended ended = run_exporter({"--web.listen-address=" + exporter_->ipv4()});
  EXPECT_EQ(ended.code, 1);
  EXPECT_THAT(ended.output, HasSubstr(exporter_->ipv4()));
}

TEST_F(Lifecycle, wrong_flags_end_with_2_and_offer_the_right_one) {
  const Ended unknown = run_exporter({"--web.listen-adress=:1"});
  EXPECT_EQ(unknown.code, 2);
  EXPECT_THAT(unknown.output, HasSubstr("--web.listen-address"));
  const Ended value = run_exporter({"--source=ebpf"});
  EXPECT_EQ(value.code, 2);
  EXPECT_THAT(value.output, HasSubstr("--source"));
  EXPECT_THAT(value.output, HasSubstr("kmod"));
}

TEST_F(Lifecycle, version_and_help_end_with_0) {
  EXPECT_EQ(run_exporter({"--version"}).code, 0);
  const Ended help = run_exporter({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_THAT(help.output, HasSubstr("--bpf.attach"));
}

// Somebody without a privilege, and without BTF: it serves, and says what is missing.
class Unprivileged : public Lifecycle {
 protected:
  void start_as_nobody() {
    if (!lab::run_command("command -v setpriv"))
      FAIL() << "setpriv is missing: apt-get install util-linux";
    auto exporter =
        lab::Exporter::start({}, {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                  "--inh-caps=-all", "--bounding-set=-all"});
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
  }
};

TEST_F(Unprivileged, serves_is_not_ready_and_names_the_capability) {
  start_as_nobody();
  EXPECT_EQ(lab::bpf_program_count(), programs_before_);
  const auto ready = http_request(exporter_->ipv4(), "GET", "/-/ready");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 503);
  const auto healthy = http_request(exporter_->ipv4(), "GET", "/-/healthy");
  ASSERT_TRUE(healthy);
  EXPECT_EQ(healthy->status, 200);
  const auto status = exporter_->status();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_THAT(*status, HasSubstr("CAP_BPF"));
  EXPECT_EQ(value("packetdrop_preflight_ok", {{"check", "capabilities"}}), 0);
  EXPECT_THAT(exporter_->log(), HasSubstr("CAP_BPF"));
}

TEST_F(Unprivileged, activation_that_attaches_nothing_is_503_with_the_cause) {
  start_as_nobody();
  const auto response = http_request(exporter_->ipv4(), "POST", "/activate");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_THAT(response->body, HasSubstr("\"status\":\"error\""));
  EXPECT_THAT(response->body, HasSubstr("ermi"));
  EXPECT_EQ(value("packetdrop_active"), 0);
}

}  // namespace
}  // namespace packetdrop
