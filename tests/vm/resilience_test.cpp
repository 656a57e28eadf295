// SPDX-License-Identifier: Apache-2.0
// What a machine does to the exporter: processors that go, sleep, clocks that jump, and its own
// death. Runs in a guest only.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/time.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <optional>
#include <thread>

#include "lab/exporter.h"
#include "lab/sender.h"
#include "lab/with_exporter.h"
#include "support/timeout.h"

namespace packetdrop {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr int kDatagrams = 100;

bool write_to(const std::string& path, const std::string& text) {
  std::ofstream file(path);
  return static_cast<bool>(file << text << std::flush);
}

// The clock chip wakes it. The known wakeups are noted, so that an alarm which
// rings before the way down is done ends it, instead of being lost (wakeup_count,
// Documentation/ABI/testing/sysfs-power).
bool sleep_and_wake() {
  const std::string alarm = "/sys/class/rtc/rtc0/wakealarm";
  for (int delay = 10; delay < 100; delay *= 2) {
    std::string known;
    std::getline(std::ifstream("/sys/power/wakeup_count"), known);
    if (write_to("/sys/power/wakeup_count", known) && write_to(alarm, "0") &&
        write_to(alarm, "+" + std::to_string(delay)) && write_to("/sys/power/state", "mem"))
      return true;
  }
  return false;
}

// The wall clock alone, until this object goes.
class Clock {
 public:
  ~Clock() { jump(-total_); }
  void jump(seconds by) {
    timeval now{};
    gettimeofday(&now, nullptr);
    now.tv_sec += by.count();
    EXPECT_EQ(settimeofday(&now, nullptr), 0);
    total_ += by;
  }

 private:
  seconds total_{0};
};

class Resilience : public testing::Test {
 protected:
  void SetUp() override {
    auto created = lab::NetNs::create();
    ASSERT_TRUE(created) << created.error().message;
    ns_.emplace(*std::move(created));
    ASSERT_TRUE(ns_->ip("link set lo up"));
    auto sink = lab::open_sink(*ns_);
    ASSERT_TRUE(sink) << sink.error().message;
    sink_ = *std::move(sink);
    start();
  }

  void start(const std::string& flag = "--activate") {
    auto exporter = lab::Exporter::start({"--source=" + lab::tested_source(), flag});
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
    last_.clear();
  }

  // Every counter must be at least what it was when this was asked of the same process.
  lab::Scrape scrape() {
    auto scrape = exporter_->scrape(false);
    EXPECT_TRUE(scrape) << scrape.error().message;
    if (!scrape) return {};
    for (const lab::Series& series : scrape->series()) {
      if (!series.name.ends_with("_total")) continue;
      double& last = last_[{series.name, series.labels}];
      EXPECT_GE(series.value, last) << series.name;
      last = series.value;
    }
    return *std::move(scrape);
  }

  double value(const std::string& name) { return scrape().sum(name, {}); }

  // What has gone over IPv6; scrapes go over IPv4.
  double datagrams() {
    return scrape().sum("packetdrop_hook_packets_total", {{"hook", "net_dev_xmit"},
                                                          {"family", "ipv6"},
                                                          {"protocol", "udp"},
                                                          {"source", lab::tested_source()}});
  }

  void send() {
    const auto sent = lab::send_datagrams(*ns_, "::1", 64, kDatagrams);
    EXPECT_TRUE(sent) << sent.error().message;
  }

  void kill() {
    exporter_->process().signal(SIGKILL);
    ASSERT_TRUE(exporter_->process().wait(seconds(10)));
  }

  std::optional<lab::NetNs> ns_;
  UniqueFd sink_;
  std::optional<lab::Exporter> exporter_;

 private:
  std::map<std::pair<std::string, lab::Labels>, double> last_;
};

TEST_F(Resilience, processors_go_and_come_and_no_count_with_them) {
  const std::string processor = "/sys/devices/system/cpu/cpu1/online";
  const double before = datagrams();
  for (int i = 0; i < 3; i++) {
    send();
    ASSERT_TRUE(write_to(processor, "0")) << "this guest needs two processors";
    EXPECT_EQ(datagrams(), before + (2 * i + 1) * kDatagrams);
    send();
    ASSERT_TRUE(write_to(processor, "1"));
    EXPECT_EQ(datagrams(), before + (2 * i + 2) * kDatagrams);
  }
}

TEST_F(Resilience, switched_while_a_processor_is_away_it_counts_on_that_one_too_later) {
  const std::string processor = "/sys/devices/system/cpu/cpu1/online";
  ASSERT_TRUE(write_to(processor, "0")) << "this guest needs two processors";
  EXPECT_TRUE(exporter_->post("/deactivate"));
  EXPECT_TRUE(exporter_->post("/activate"));
  ASSERT_TRUE(write_to(processor, "1"));
  const double before = datagrams();
  for (int i = 0; i < 10; i++) send();
  EXPECT_EQ(datagrams(), before + 10 * kDatagrams);
}

// To RAM.
TEST_F(Resilience, counts_on_after_the_machine_has_slept) {
  const double before = datagrams();
  send();
  ASSERT_TRUE(sleep_and_wake());
  send();
  EXPECT_EQ(datagrams(), before + 2 * kDatagrams);
  EXPECT_EQ(value("packetdrop_active"), 1);
}

// Now less the start stays the age, for which rules ask. The clock goes on while it is set.
TEST_F(Resilience, a_clock_that_jumps_moves_the_start_with_it_and_no_counter) {
  const double before = datagrams();
  double started = value("process_start_time_seconds");
  Clock clock;
  for (const seconds by : {std::chrono::hours(24 * 400), std::chrono::hours(-24 * 800)}) {
    clock.jump(by);
    send();
    started += static_cast<double>(by.count());
    EXPECT_NEAR(value("process_start_time_seconds"), started, 1);
  }
  EXPECT_EQ(datagrams(), before + 2 * kDatagrams);
}

TEST_F(Resilience, a_ttl_is_as_long_as_it_was_whatever_the_clock_says) {
  ASSERT_TRUE(exporter_->post("/activate?ttl=4s"));
  Clock clock;
  clock.jump(std::chrono::hours(1));
  EXPECT_EQ(value("packetdrop_active"), 1) << "an hour on, by the wall clock";
  clock.jump(std::chrono::hours(-2));
  const auto deadline = std::chrono::steady_clock::now() + scaled(seconds(15));
  while (value("packetdrop_active") == 1 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(value("packetdrop_active"), 0) << "the ttl is over";
}

// BPF lives and dies with the exporter; what the module's file says outlives it.
TEST_F(Resilience, killed_it_leaves_what_was_active_by_the_module_alone) {
  const bool stays = lab::tested_source() == "kmod";
  send();
  kill();
  send();
  start("--no-activate");
  EXPECT_EQ(value("packetdrop_active"), stays ? 1 : 0);
  const double before = datagrams();
  EXPECT_EQ(before >= 2 * kDatagrams, stays) << before;
  send();
  EXPECT_EQ(datagrams(), before + (stays ? kDatagrams : 0));

  exporter_->process().signal(SIGTERM);
  ASSERT_TRUE(exporter_->process().wait(seconds(10)));
  start("--no-activate");
  EXPECT_EQ(value("packetdrop_active"), stays ? 1 : 0)
      << "what it found active is not its own to end";
  EXPECT_TRUE(!stays || exporter_->post("/deactivate"));
}

}  // namespace
}  // namespace packetdrop
