// SPDX-License-Identifier: Apache-2.0
// process_* metrics out of /proc.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <map>

#include "base/unique_fd.h"
#include "metrics/process_collectable.h"

namespace packetdrop {
namespace {

std::map<std::string, double> collect(const ProcessCollectable& process) {
  std::map<std::string, double> values;
  for (const auto& family : process.Collect()) {
    const auto& metric = family.metric.at(0);
    values[family.name] =
        family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
  }
  return values;
}

TEST(ProcessStat, is_read_past_a_command_with_parentheses) {
  const auto stat = parse_process_stat(
      "17 (a) b (c) S 1 17 17 0 -1 4194560 5 6 7 8 100 23 9 10 20 0 1 0 12345 8192000 321 "
      "18446744073709551615 1 2 3 4 5 6 7\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->cpu_ticks, 123u);
  EXPECT_EQ(stat->start_ticks, 12345u);
  EXPECT_EQ(stat->virtual_bytes, 8192000u);
  EXPECT_EQ(stat->resident_pages, 321u);
}

TEST(ProcessStat, refuses_what_is_cut_short) {
  EXPECT_FALSE(parse_process_stat(""));
  EXPECT_FALSE(parse_process_stat("17 (a"));
  EXPECT_FALSE(parse_process_stat("17 (a) S 1 2 3"));
}

TEST(Process, has_the_standard_names_with_plausible_values) {
  const auto values = collect(ProcessCollectable());
  const double now =
      static_cast<double>(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  ASSERT_EQ(values.size(), 6u);
  EXPECT_GE(values.at("process_cpu_seconds_total"), 0);
  EXPECT_NEAR(values.at("process_start_time_seconds"), now, 600);
  EXPECT_GT(values.at("process_resident_memory_bytes"), 1 << 20);
  EXPECT_GT(values.at("process_virtual_memory_bytes"), values.at("process_resident_memory_bytes"));
  EXPECT_GT(values.at("process_max_fds"), values.at("process_open_fds"));
}

// The wall clock of the tests that set it, ahead of CLOCK_BOOTTIME.
std::chrono::nanoseconds wall_offset{};

TEST(Process, start_time_follows_the_clock_when_it_is_set_and_else_stands_still) {
  using namespace std::chrono_literals;
  BootClock clock([] { return wall_offset; });
  const ProcessCollectable process("/proc", &clock);
  const auto start = [&] { return collect(process).at("process_start_time_seconds"); };
  wall_offset = 100s;  // 1970
  const double first = start();
  wall_offset += 2ms;
  EXPECT_EQ(start(), first) << "two clocks are never read at the same moment";
  wall_offset += 1'700'000'000s;
  EXPECT_NEAR(start(), first + 1'700'000'000, 0.01);
  wall_offset -= 3600s;
  EXPECT_NEAR(start(), first + 1'700'000'000 - 3600, 0.01);
}

TEST(Process, start_time_is_the_same_in_each_scrape) {
  const ProcessCollectable process;
  const double first = collect(process).at("process_start_time_seconds");
  for (int i = 0; i < 100; i++) EXPECT_EQ(collect(process).at("process_start_time_seconds"), first);
}

TEST(Process, counts_descriptors_but_not_the_one_that_counts) {
  const ProcessCollectable process;
  const double before = collect(process).at("process_open_fds");
  EXPECT_EQ(collect(process).at("process_open_fds"), before);
  const UniqueFd one(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(collect(process).at("process_open_fds"), before + 1);
}

TEST(Process, leaves_out_what_cannot_be_read) {
  const auto values = collect(ProcessCollectable("/nonexistent"));
  EXPECT_EQ(values.size(), 1u);
  EXPECT_TRUE(values.contains("process_max_fds"));
}

}  // namespace
}  // namespace packetdrop
