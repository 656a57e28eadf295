// SPDX-License-Identifier: Apache-2.0
// Switching, reading and unloading at the same time, with packets under way.
#include <algorithm>
#include <iostream>
#include <optional>
#include <thread>

#include "lab/sender.h"
#include "vm/hard_use/fixture.h"
#include "vm/hard_use/hammer.h"
#include "vm/hard_use/memory.h"
#include "vm/hard_use/traffic.h"

namespace packetdrop::hard_use {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kReaders = 8;
constexpr int kWriters = 2;

// Reads again and again: no text may be torn, no number may go back.
class Reader {
 public:
  void read() {
    auto now = read_snapshot();
    if (!now) {
      ADD_FAILURE() << now.error().message;
      return;
    }
    EXPECT_TRUE(!last_ || is_not_before(*now, *last_)) << "a number went back";
    last_ = *std::move(now);
  }

 private:
  std::optional<Snapshot> last_;
};

std::uint64_t datagrams(pd_hook hook) {
  const auto snapshot = read_snapshot();
  return snapshot ? snapshot->counters[hook][PD_KEY_IPV6_UDP].packets : 0;
}

TEST_F(HardUse, activations_under_traffic_leave_every_hook_free_and_working) {
  Traffic traffic;
  const int cycles = count_from_environment("PACKETDROP_CYCLES", 200);
  const auto cycle = [] {
    ASSERT_EQ(control("activate\n"), 0);
    ASSERT_EQ(control("deactivate\n"), 0);
  };
  for (int i = 0; i < std::min(cycles, 20); i++) cycle();
  // Traffic fills caches of its own; of 10 000 cycles (tests/vm/storm) this finds 200 bytes that
  // each would leave.
  const KernelMemory before = memory_now();
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < cycles && !HasFailure(); i++) cycle();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  const KernelMemory after = expect_flat_since(before, 2048);
  std::cout << "storm: " << cycles << " cycles in " << took.count() << " s, "
            << 1000 * took.count() / cycles << " ms each; before: " << before
            << "; after: " << after << "\n";
  EXPECT_FALSE(is_active());
  ASSERT_EQ(control("activate"), 0);
  expect_all_attached();
}

TEST_F(HardUse, reads_are_never_torn_and_never_go_back_while_it_is_switched) {
  Traffic traffic;
  Reader readers[kReaders];
  Hammer hammer;
  for (Reader& reader : readers) hammer.add([&reader] { reader.read(); });
  for (int i = 0; i < kWriters; i++) {
    hammer.add([] {
      EXPECT_EQ(control("activate"), 0);
      EXPECT_EQ(control("deactivate"), 0);
    });
  }
  std::this_thread::sleep_for(seconds(count_from_environment("PACKETDROP_SECONDS", 5)));
}

TEST_F(HardUse, unload_while_readers_and_writers_hammer_the_file) {
  Traffic traffic;
  Hammer hammer;
  // The file comes and goes under them; a text that could be read is a whole one. Where it is gone
  // they wait a moment: ten threads that fail as fast as they can would keep RCU from its work.
  for (int i = 0; i < kReaders; i++) {
    hammer.add([] {
      const auto text = read_text();
      EXPECT_TRUE(!text || text->ends_with("\n"));
      if (!text) std::this_thread::sleep_for(milliseconds(1));
    });
  }
  for (int i = 0; i < kWriters; i++) {
    hammer.add([] {
      control("activate");
      if (control("deactivate") != 0) std::this_thread::sleep_for(milliseconds(1));
    });
  }
  const int unloads = std::max(2, count_from_environment("PACKETDROP_LOADS", 200) / 20);
  for (int i = 0; i < unloads; i++) {
    std::this_thread::sleep_for(milliseconds(200));
    ASSERT_EQ(unload(), 0);
    ASSERT_EQ(load(module_file()), 0);
  }
}

TEST_F(HardUse, unload_while_active_takes_every_hook_away) {
  Traffic traffic;
  for (int i = 0; i < 3; i++) {
    ASSERT_EQ(control("activate"), 0);
    expect_all_attached();
    ASSERT_EQ(unload(), 0);
    std::this_thread::sleep_for(milliseconds(20));
    ASSERT_EQ(load(module_file()), 0);
    EXPECT_FALSE(is_active());
  }
}

TEST_F(HardUse, processors_go_and_come_while_active_and_no_packet_is_lost_to_the_count) {
  const std::string processor = "/sys/devices/system/cpu/cpu1/online";
  ASSERT_EQ(control("activate"), 0);
  Traffic traffic;
  for (int i = 0; i < 4; i++) {
    EXPECT_EQ(write_to(processor, "0"), 0);
    if (i % 2 == 0) {
      EXPECT_EQ(control("deactivate"), 0) << "with a processor away";
      EXPECT_EQ(control("activate"), 0);
    }
    std::this_thread::sleep_for(milliseconds(50));
    EXPECT_EQ(write_to(processor, "1"), 0);
  }
  const std::uint64_t before = datagrams(PD_HOOK_DEV_QUEUE_XMIT);
  EXPECT_LE(before, traffic.stop());

  // From here on it is active throughout: what one processor counts is kept when it goes.
  const std::uint64_t settled = datagrams(PD_HOOK_DEV_QUEUE_XMIT);
  Traffic counted;
  for (int i = 0; i < 2; i++) {
    EXPECT_EQ(write_to(processor, "0"), 0);
    std::this_thread::sleep_for(milliseconds(50));
    EXPECT_EQ(write_to(processor, "1"), 0);
  }
  const std::uint64_t sent = counted.stop();
  EXPECT_EQ(datagrams(PD_HOOK_DEV_QUEUE_XMIT) - settled, sent);
}

TEST_F(HardUse, namespaces_and_devices_go_while_active) {
  ASSERT_EQ(control("activate"), 0);
  for (int i = 0; i < 4; i++) {
    auto left = lab::NetNs::create();
    auto right = lab::NetNs::create();
    ASSERT_TRUE(left && right);
    ASSERT_TRUE(left->ip("link add v0 type veth peer name v1 netns " + right->path()));
    ASSERT_TRUE(left->ip("address add 10.9.0.1/24 dev v0"));
    ASSERT_TRUE(left->ip("link set v0 up"));
    ASSERT_TRUE(right->ip("link set v1 up"));
    Traffic traffic;
    // Nobody answers for that address: packets wait for a neighbour when their device goes.
    EXPECT_TRUE(lab::send_datagrams(*left, "10.9.0.2", 100, 20));
    EXPECT_TRUE(i % 2 != 0 || left->ip("link delete v0"));
  }
  expect_all_attached();
}

}  // namespace
}  // namespace packetdrop::hard_use
