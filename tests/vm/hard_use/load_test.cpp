// SPDX-License-Identifier: Apache-2.0
// Loading and unloading: again and again, beside others, and where hooks are not available.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include <cerrno>
#include <filesystem>

#include "vm/hard_use/fixture.h"
#include "vm/hard_use/memory.h"

namespace packetdrop::hard_use {
namespace {

constexpr const char* kNeighbourFile = "/proc/mooc/net/neighbour";
constexpr const char* kNeighbour = "neighbour";

bool exists(const char* path) { return std::filesystem::exists(path); }

TEST_F(HardUse, loading_again_and_again_takes_no_memory) {
  const auto cycle = [](int i) {
    ASSERT_EQ(unload(), 0);
    ASSERT_EQ(load(module_file()), 0);
    if (i % 10 != 0) return;
    ASSERT_EQ(control("activate"), 0);
    ASSERT_TRUE(read_text());
  };
  for (int i = 0; i < 20; i++) cycle(i);
  const KernelMemory before = memory_now();
  const int cycles = count_from_environment("PACKETDROP_LOADS", 200);
  for (int i = 0; i < cycles && !HasFailure(); i++) cycle(i);
  // A page for each cycle would be 800 KiB.
  expect_flat_since(before, 400);
}

TEST_F(HardUse, loading_it_a_second_time_is_refused_and_harms_nothing) {
  ASSERT_EQ(control("activate"), 0);
  EXPECT_EQ(load(module_file()), EEXIST);
  expect_all_attached();
}

TEST_F(HardUse, the_same_module_by_another_name_is_refused_and_harms_nothing) {
  const std::string twin = module_file("drop_packet_twin.ko");
  ASSERT_EQ(control("activate"), 0);
  EXPECT_EQ(load(twin), EBUSY);
  expect_all_attached();
}

TEST_F(HardUse, shares_its_folder_in_any_order_of_loading_and_unloading) {
  const std::string neighbour = module_file("neighbour.ko");
  ASSERT_EQ(unload(), 0);
  for (const bool neighbour_comes_first : {false, true}) {
    for (const bool neighbour_goes_first : {false, true}) {
      ASSERT_EQ(load(neighbour_comes_first ? neighbour : module_file()), 0);
      ASSERT_EQ(load(neighbour_comes_first ? module_file() : neighbour), 0);
      EXPECT_TRUE(exists(kFile));
      EXPECT_TRUE(exists(kNeighbourFile));
      ASSERT_EQ(unload(neighbour_goes_first ? kNeighbour : kModule), 0);
      EXPECT_EQ(exists(kFile), neighbour_goes_first);
      EXPECT_EQ(exists(kNeighbourFile), !neighbour_goes_first);
      ASSERT_EQ(unload(neighbour_goes_first ? kModule : kNeighbour), 0);
    }
  }
}

TEST_F(HardUse, finds_its_folder_where_proc_is_not_mounted) {
  ASSERT_EQ(unload(), 0);
  EXPECT_EQ(in_child([] {
              if (unshare(CLONE_NEWNS) != 0 || mount("", "/", "", MS_REC | MS_PRIVATE, "") != 0 ||
                  umount2("/proc", MNT_DETACH) != 0)
                return errno;
              return load(module_file());
            }),
            0);
  EXPECT_TRUE(exists(kFile));
}

TEST_F(HardUse, a_function_that_the_kernel_lacks_costs_its_hook_alone) {
  const std::string missing = module_file("drop_packet_missing.ko");
  ASSERT_EQ(unload(), 0);
  ASSERT_EQ(load(missing), 0);
  ASSERT_EQ(control("activate"), 0);
  const auto text = read_text();
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, testing::HasSubstr("\n  tcp_v4_rcv attached=N errno=2\n"));
  const auto snapshot = read_snapshot();
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  for (std::size_t hook = 0; hook < kHookCount; hook++)
    EXPECT_EQ(snapshot->probes[hook].attached, hook != PD_HOOK_TCP_V4_RCV) << hooks()[hook].label;
}

TEST_F(HardUse, activation_fails_where_no_hook_can_be_had) {
  const std::string nothing = module_file("drop_packet_nothing.ko");
  ASSERT_EQ(unload(), 0);
  ASSERT_EQ(load(nothing), 0);
  for (int i = 0; i < 3; i++) EXPECT_EQ(control("activate"), ENOENT);
  const auto snapshot = read_snapshot();
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_FALSE(snapshot->active);
  for (const ProbeState& state : snapshot->probes) {
    ASSERT_EQ(state.refusals.size(), 1U);
    EXPECT_EQ(state.refusals[0].code, ENOENT);
  }
  EXPECT_EQ(control("deactivate"), 0);
}

}  // namespace
}  // namespace packetdrop::hard_use
