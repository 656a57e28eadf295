// SPDX-License-Identifier: Apache-2.0
// What Source promises, asked of every source there is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "contract/subjects.h"
#include "support/timeout.h"

namespace packetdrop {
namespace {

using std::chrono::steady_clock;

class SourceContract : public testing::TestWithParam<SubjectKind> {
 protected:
  void SetUp() override {
    subject_ = GetParam().make();
    if (!subject_.source)
      GTEST_SKIP() << "not applicable: no module to load here ($PACKETDROP_MODULE); vm.* loads it";
  }

  Source& source() { return *subject_.source; }
  Snapshot read() {
    auto snapshot = source().read();
    EXPECT_TRUE(snapshot) << snapshot.error().message;
    return snapshot ? *snapshot : Snapshot{};
  }

  // A hook that sees IPv6 UDP and that every kernel can attach, by whatever mechanism is forced.
  static constexpr pd_hook kHook = PD_HOOK_NET_DEV_XMIT;
  Counters counted() { return read().counters[kHook][PD_KEY_IPV6_UDP]; }

  // Of IPv6 UDP.
  std::vector<Drop> drops() {
    std::vector<Drop> found;
    for (Drop& drop : read().drops)
      if (drop.key == PD_KEY_IPV6_UDP) found.push_back(std::move(drop));
    return found;
  }

  std::uint64_t dropped() {
    std::uint64_t count = 0;
    for (const Drop& drop : drops()) count += drop.count;
    return count;
  }

  std::uint64_t dropped_after(std::uint64_t wanted) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(2);
    while (dropped() < wanted && steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return dropped();
  }

  std::uint64_t packets_after(std::uint64_t wanted) {
    const auto deadline = steady_clock::now() + scaled(std::chrono::seconds(2));
    while (counted().packets < wanted && steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return counted().packets;
  }

  Subject subject_;
};

TEST_P(SourceContract, begins_inactive_and_at_zero) {
  const Snapshot snapshot = read();
  EXPECT_FALSE(snapshot.active);
  EXPECT_EQ(snapshot.unusable, "");
  for (const HookCounters& hook : snapshot.counters)
    for (const Counters& counters : hook) EXPECT_EQ(counters, Counters{});
  for (const ProbeState& state : snapshot.probes) EXPECT_FALSE(state.attached);
  EXPECT_FALSE(snapshot.probes[PD_PROBE_KFREE_SKB].attached);
  EXPECT_TRUE(snapshot.drops.empty());
}

TEST_P(SourceContract, counts_exactly_what_passes_while_active) {
  ASSERT_TRUE(source().activate());
  EXPECT_TRUE(read().active);
  subject_.send(1000);
  EXPECT_EQ(packets_after(1000), 1000u);
  EXPECT_EQ(counted().segments, 1000u);
}

TEST_P(SourceContract, counts_nothing_while_inactive) {
  subject_.send(10);
  EXPECT_EQ(counted().packets, 0u);
  ASSERT_TRUE(source().activate());
  subject_.send(10);
  EXPECT_EQ(packets_after(10), 10u);
  ASSERT_TRUE(source().deactivate());
  subject_.send(10);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(counted().packets, 10u);
}

TEST_P(SourceContract, activate_and_deactivate_are_idempotent) {
  EXPECT_TRUE(source().deactivate());
  EXPECT_TRUE(source().activate());
  EXPECT_TRUE(source().activate());
  EXPECT_TRUE(read().active);
  EXPECT_TRUE(source().deactivate());
  EXPECT_TRUE(source().deactivate());
  EXPECT_FALSE(read().active);
}

TEST_P(SourceContract, a_second_activation_counts_no_packet_twice) {
  ASSERT_TRUE(source().activate());
  ASSERT_TRUE(source().activate());
  subject_.send(100);
  EXPECT_EQ(packets_after(100), 100u);
}

TEST_P(SourceContract, counters_go_on_over_activations) {
  for (std::uint64_t round = 1; round <= 3; round++) {
    ASSERT_TRUE(source().activate());
    subject_.send(50);
    EXPECT_EQ(packets_after(50 * round), 50 * round);
    ASSERT_TRUE(source().deactivate());
    EXPECT_EQ(counted().packets, 50 * round);
  }
}

TEST_P(SourceContract, counts_every_drop_with_reason_and_function) {
  ASSERT_TRUE(source().activate());
  EXPECT_TRUE(read().probes[PD_PROBE_KFREE_SKB].attached);
  subject_.drop(100);
  EXPECT_EQ(dropped_after(100), 100u);
  for (const Drop& drop : drops()) {
    EXPECT_THAT(drop.function, testing::HasSubstr("udp"));
    EXPECT_THAT(drop.reason, testing::AnyOf("NO_SOCKET", "NOT_SPECIFIED"));
  }
}

TEST_P(SourceContract, counts_no_drop_while_inactive_and_goes_on_over_activations) {
  subject_.drop(10);
  EXPECT_EQ(dropped(), 0u);
  for (std::uint64_t round = 1; round <= 3; round++) {
    ASSERT_TRUE(source().activate());
    subject_.drop(20);
    EXPECT_EQ(dropped_after(20 * round), 20 * round);
    ASSERT_TRUE(source().deactivate());
    subject_.drop(5);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(dropped(), 20 * round);
  }
}

TEST_P(SourceContract, dates_a_drop_by_its_first_one) {
  const auto before = std::chrono::system_clock::now();
  ASSERT_TRUE(source().activate());
  subject_.drop(1);
  EXPECT_EQ(dropped_after(1), 1u);
  const auto first = drops().at(0).since;
  subject_.drop(1);
  EXPECT_EQ(dropped_after(2), 2u);
  if (GetParam().name == "fake") return;  // it has no clock
  EXPECT_GE(first + std::chrono::milliseconds(10), before);
  EXPECT_LE(first, std::chrono::system_clock::now());
  EXPECT_LT(std::chrono::abs(drops().at(0).since - first), std::chrono::milliseconds(10));
}

TEST_P(SourceContract, tells_how_each_hook_is_attached_or_why_not) {
  ASSERT_TRUE(source().activate());
  const Snapshot snapshot = read();
  for (const ProbeInfo& hook : hooks()) {
    const ProbeState& state = snapshot.probes[hook.id];
    SCOPED_TRACE(std::string(hook.label));
    if (state.attached) {
      EXPECT_NE(state.mechanism, "");
      EXPECT_NE(state.target, "");
      continue;
    }
    ASSERT_FALSE(state.refusals.empty());
    for (const Refusal& refusal : state.refusals) {
      EXPECT_NE(refusal.mechanism, "");
      EXPECT_NE(refusal.code, 0);
      EXPECT_NE(refusal.cause, "");
    }
  }
}

TEST_P(SourceContract, nothing_is_attached_after_deactivate) {
  ASSERT_TRUE(source().activate());
  ASSERT_TRUE(source().deactivate());
  for (const ProbeState& state : read().probes) EXPECT_FALSE(state.attached);
  EXPECT_FALSE(read().probes[PD_PROBE_KFREE_SKB].attached);
}

TEST_P(SourceContract, misses_nothing_on_quiet_traffic) {
  ASSERT_TRUE(source().activate());
  subject_.send(500);
  EXPECT_EQ(packets_after(500), 500u);
  for (const std::uint64_t missed : read().missed) EXPECT_EQ(missed, 0u);
}

TEST_P(SourceContract, may_be_used_from_many_threads) {
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> highest = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; i++)
    threads.emplace_back([&] {
      while (!stop) {
        const std::uint64_t before = highest;
        const std::uint64_t now = counted().packets;
        EXPECT_GE(now, before);
        for (std::uint64_t seen = highest;
             seen < now && !highest.compare_exchange_weak(seen, now);) {
        }
      }
    });
  for (int i = 0; i < 2; i++)
    threads.emplace_back([&] {
      while (!stop) {
        EXPECT_TRUE(source().activate());
        EXPECT_TRUE(source().deactivate());
      }
    });
  for (int i = 0; i < 20; i++) subject_.send(50);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(source().deactivate());
  EXPECT_LE(counted().packets, 1000u);
}

INSTANTIATE_TEST_SUITE_P(Source, SourceContract, testing::ValuesIn(subject_kinds()),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace packetdrop
