// SPDX-License-Identifier: Apache-2.0
// Who is switched on and off, by which call, and when a ttl ends it.
#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <future>
#include <thread>

#include "control/controller.h"
#include "support/fake_source.h"

namespace packetdrop {
namespace {

using namespace std::chrono_literals;

class Control : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::unique_ptr<Source>> sources;
    sources.push_back(std::make_unique<FakeSource>("bpf"));
    sources.push_back(std::make_unique<FakeSource>("kmod"));
    bpf = static_cast<FakeSource*>(sources[0].get());
    kmod = static_cast<FakeSource*>(sources[1].get());
    controller = std::make_unique<Controller>(std::move(sources));
  }

  static bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 500; i++, std::this_thread::sleep_for(10ms))
      if (holds()) return true;
    return false;
  }

  FakeSource* bpf = nullptr;
  FakeSource* kmod = nullptr;
  std::unique_ptr<Controller> controller;
};

TEST_F(Control, default_activates_the_first_source_alone) {
  EXPECT_TRUE(controller->activate(""));
  EXPECT_TRUE(bpf->active());
  EXPECT_FALSE(kmod->active());
}

TEST_F(Control, default_falls_back_to_the_next_source_that_can_attach) {
  bpf->fail_activate(Error{EPERM, "CAP_BPF is missing"});
  EXPECT_TRUE(controller->activate(""));
  EXPECT_FALSE(bpf->active());
  EXPECT_TRUE(kmod->active());
}

TEST_F(Control, a_name_means_that_source_and_no_other) {
  EXPECT_TRUE(controller->activate("kmod"));
  EXPECT_TRUE(kmod->active());
  EXPECT_EQ(bpf->activate_calls(), 0);
}

TEST_F(Control, all_activates_every_source_and_lives_with_one) {
  bpf->fail_activate(Error{EPERM, "no"});
  EXPECT_TRUE(controller->activate("all"));
  EXPECT_TRUE(kmod->active());
  bpf->fail_activate(std::nullopt);
  EXPECT_TRUE(controller->activate("all"));
  EXPECT_TRUE(bpf->active());
}

TEST_F(Control, nothing_attached_carries_every_sources_reason) {
  bpf->fail_activate(Error{EPERM, "CAP_BPF is missing"});
  kmod->fail_activate(Error{EACCES, "not writable"});
  const auto done = controller->activate("");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().kind, ControlErrorKind::kNothingAttached);
  EXPECT_NE(done.error().message.find("bpf: CAP_BPF is missing"), std::string::npos);
  EXPECT_NE(done.error().message.find("kmod: not writable"), std::string::npos);
  for (const SourceState& state : controller->state()) EXPECT_FALSE(state.active());
}

TEST_F(Control, unknown_and_absent_sources_are_told_apart) {
  EXPECT_EQ(controller->activate("ebpf").error().kind, ControlErrorKind::kUnknownSource);
  EXPECT_EQ(controller->deactivate("BPF").error().kind, ControlErrorKind::kUnknownSource);
  kmod->fail_activate(Error{ENOENT, "the module is not loaded"});
  kmod->fail_read(Error{ENOENT, "the module is not loaded"});
  EXPECT_EQ(controller->activate("kmod").error().kind, ControlErrorKind::kNotOnThisHost);

  Controller nothing({});
  EXPECT_EQ(nothing.activate("kmod").error().kind, ControlErrorKind::kNotOnThisHost);
  EXPECT_EQ(nothing.deactivate("bpf").error().kind, ControlErrorKind::kNotOnThisHost);
  EXPECT_EQ(nothing.activate("").error().kind, ControlErrorKind::kNothingAttached);
  EXPECT_TRUE(nothing.deactivate(""));
}

TEST(ControlOfOneSource, says_that_the_other_is_excluded_by_the_flag) {
  const struct { std::string chosen, other; } cases[] = {{"kmod", "bpf"}, {"bpf", "kmod"}};
  for (const auto& one : cases) {
    std::vector<std::unique_ptr<Source>> sources;
    sources.push_back(std::make_unique<FakeSource>(one.chosen));
    Controller controller(std::move(sources));
    const std::string why = "source " + one.other + " is excluded by --source=" + one.chosen;
    for (const auto& done : {controller.activate(one.other), controller.deactivate(one.other)}) {
      ASSERT_FALSE(done);
      EXPECT_EQ(done.error().kind, ControlErrorKind::kNotOnThisHost);
      EXPECT_EQ(done.error().message, why);
    }
  }
}

TEST_F(Control, deactivate_without_a_name_means_all) {
  EXPECT_TRUE(controller->activate("all"));
  EXPECT_TRUE(controller->deactivate(""));
  EXPECT_FALSE(bpf->active());
  EXPECT_FALSE(kmod->active());
}

TEST_F(Control, both_calls_are_idempotent) {
  EXPECT_TRUE(controller->deactivate(""));
  EXPECT_TRUE(controller->activate("bpf"));
  const auto since = controller->state()[0].since;
  EXPECT_TRUE(controller->activate("bpf"));
  EXPECT_EQ(controller->state()[0].since, since);
  EXPECT_TRUE(controller->deactivate("bpf"));
  EXPECT_TRUE(controller->deactivate("bpf"));
}

// The wall clock of the test that sets it, ahead of CLOCK_BOOTTIME.
std::chrono::nanoseconds wall_offset = 100s;

TEST(ControlTimes, follow_the_clock_when_it_is_set) {
  BootClock clock([] { return wall_offset; });
  std::vector<std::unique_ptr<Source>> sources;
  sources.push_back(std::make_unique<FakeSource>("bpf"));
  Controller controller(std::move(sources), &clock);
  EXPECT_TRUE(controller.activate("bpf", 1h));
  const SourceState before = controller.state()[0];
  ASSERT_TRUE(before.since && before.until);
  EXPECT_EQ(*before.until - *before.since, 1h);
  wall_offset += 400'000h;
  const SourceState after = controller.state()[0];
  EXPECT_EQ(*after.since - *before.since, 400'000h);
  EXPECT_EQ(*after.until - *before.until, 400'000h);
}

TEST_F(Control, a_source_that_will_not_stop_is_an_error) {
  EXPECT_TRUE(controller->activate("bpf"));
  bpf->fail_deactivate(Error{EIO, "stuck"});
  EXPECT_EQ(controller->deactivate("").error().kind, ControlErrorKind::kDeactivateFailed);
  bpf->fail_deactivate(std::nullopt);
}

TEST_F(Control, ttl_ends_the_activation) {
  EXPECT_TRUE(controller->activate("bpf", 50ms));
  EXPECT_TRUE(bpf->active());
  EXPECT_TRUE(controller->state()[0].until);
  EXPECT_TRUE(eventually([&] { return !bpf->active(); }));
  EXPECT_FALSE(controller->state()[0].until);
}

TEST_F(Control, ttl_counts_from_the_last_call) {
  EXPECT_TRUE(controller->activate("bpf", 100ms));
  EXPECT_TRUE(controller->activate("bpf", 1h));
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE(bpf->active());
  EXPECT_TRUE(controller->activate("bpf", 50ms));
  EXPECT_TRUE(eventually([&] { return !bpf->active(); }));
}

TEST_F(Control, a_call_without_ttl_has_no_end) {
  EXPECT_TRUE(controller->activate("bpf", 100ms));
  EXPECT_TRUE(controller->activate("bpf"));
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE(bpf->active());
  EXPECT_FALSE(controller->state()[0].until);
}

TEST_F(Control, deactivate_cancels_the_ttl) {
  EXPECT_TRUE(controller->activate("bpf", 100ms));
  EXPECT_TRUE(controller->deactivate("bpf"));
  EXPECT_TRUE(controller->activate("bpf"));
  std::this_thread::sleep_for(200ms);
  EXPECT_TRUE(bpf->active());
}

TEST_F(Control, deactivation_from_outside_cancels_the_ttl) {
  EXPECT_TRUE(controller->activate("kmod", 200ms));
  ASSERT_TRUE(kmod->deactivate());
  EXPECT_FALSE(controller->state()[1].until);
  ASSERT_TRUE(kmod->activate());
  std::this_thread::sleep_for(300ms);
  EXPECT_TRUE(kmod->active());
}

TEST_F(Control, sources_have_ttls_of_their_own) {
  EXPECT_TRUE(controller->activate("kmod", 1h));
  EXPECT_TRUE(controller->activate("bpf", 50ms));
  EXPECT_TRUE(eventually([&] { return !bpf->active(); }));
  EXPECT_TRUE(kmod->active());
}

TEST_F(Control, shutdown_leaves_alone_what_was_activated_by_hand) {
  ASSERT_TRUE(kmod->activate());
  EXPECT_TRUE(controller->activate("all"));
  controller->shutdown();
  EXPECT_FALSE(bpf->active());
  EXPECT_TRUE(kmod->active());
  EXPECT_EQ(controller->activate("bpf").error().kind, ControlErrorKind::kNothingAttached);
  EXPECT_FALSE(bpf->active());
}

TEST_F(Control, absent_source_is_reported_and_costs_the_others_nothing) {
  bpf->fail_read(Error{EPERM, "bpf() is refused"});
  const auto readings = controller->read_all();
  ASSERT_EQ(readings.size(), 2u);
  EXPECT_EQ(readings[0].source, "bpf");
  EXPECT_FALSE(readings[0].snapshot);
  EXPECT_TRUE(readings[1].snapshot);
  EXPECT_FALSE(controller->state()[0].present());
}

TEST_F(Control, reading_tells_how_long_it_took) {
  bpf->delay_read(20ms);
  const auto readings = controller->read_all();
  EXPECT_GE(readings[0].seconds, 0.02);
  EXPECT_LT(readings[1].seconds, 0.02);
}

TEST_F(Control, reading_does_not_wait_for_an_activation) {
  bpf->delay_activate(500ms);
  auto activation = std::async(std::launch::async, [&] { return controller->activate("bpf"); });
  ASSERT_TRUE(eventually([&] { return bpf->activate_calls() == 1; }));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(controller->read_all().size(), 2u);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 300ms);
  EXPECT_TRUE(activation.get());
}

TEST_F(Control, a_source_that_hangs_is_asked_once_and_costs_the_other_nothing) {
  kmod->delay_read(1s);
  for (int i = 0; i < 5; i++) {
    const auto readings = controller->read_all(20ms);
    ASSERT_EQ(readings.size(), 2u);
    EXPECT_TRUE(readings[0].snapshot);
    ASSERT_FALSE(readings[1].snapshot);
    EXPECT_EQ(readings[1].snapshot.error().code, ETIMEDOUT);
  }
  EXPECT_EQ(kmod->read_calls(), 1);
  kmod->delay_read(0ms);
  EXPECT_TRUE(controller->read_all(20s)[1].snapshot);
}

TEST_F(Control, an_end_does_not_wait_for_a_source_that_hangs) {
  EXPECT_TRUE(controller->activate("all"));
  kmod->delay_read(3s);
  EXPECT_FALSE(controller->read_all(20ms)[1].snapshot);
  const auto start = std::chrono::steady_clock::now();
  controller.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(Control, a_shutdown_ends_the_waits_for_a_source_and_still_takes_it_back) {
  for (const auto delay : {200ms, 3000ms}) {
    SetUp();
    EXPECT_TRUE(controller->activate("all"));
    kmod->delay_read(delay);
    std::thread scrape([&] { controller->read_all(20s); });
    std::this_thread::sleep_for(50ms);
    const auto start = std::chrono::steady_clock::now();
    controller->shutdown();
    scrape.join();
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
    EXPECT_FALSE(bpf->active());
    EXPECT_EQ(kmod->active(), delay == 3000ms);
  }
}

TEST_F(Control, many_callers_at_once_end_in_one_state) {
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 8; i++)
      callers.emplace_back([&, i] {
        for (int n = 0; n < 100; n++) {
          if (i % 2)
            EXPECT_TRUE(controller->activate("all", 1h));
          else
            EXPECT_TRUE(controller->deactivate("all"));
          EXPECT_EQ(controller->read_all().size(), 2u);
        }
      });
  }
  EXPECT_TRUE(controller->deactivate("all"));
  for (const SourceState& state : controller->state()) {
    EXPECT_FALSE(state.active());
    EXPECT_FALSE(state.until);
  }
}

}  // namespace
}  // namespace packetdrop
