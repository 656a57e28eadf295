// SPDX-License-Identifier: Apache-2.0
// Memory that cannot be had, one allocation after the other: clean errors, and nothing is leaked.
// Needs a kernel with fault injection.
#include <fcntl.h>

#include <cerrno>

#include "base/unique_fd.h"
#include "vm/hard_use/fixture.h"
#include "vm/hard_use/traffic.h"

namespace packetdrop::hard_use {
namespace {

constexpr const char* kFailSlab = "/sys/kernel/debug/failslab/";
constexpr const char* kLog = "/dev/kmsg";
constexpr const char* kFailNth = "/proc/thread-self/fail-nth";

class Faults : public HardUse {
 protected:
  void SetUp() override {
    HardUse::SetUp();
    if (HasFatalFailure()) return;
    ASSERT_EQ(write_to(std::string(kFailSlab) + "ignore-gfp-wait", "N"), 0);
    ASSERT_EQ(write_to(std::string(kFailSlab) + "verbose", "0"), 0);
    ASSERT_EQ(write_to(kLog, "hard_use: complaints are expected from here\n"), 0);
  }

  void TearDown() override {
    HardUse::TearDown();
    ASSERT_EQ(write_to(kLog, "hard_use: complaints are expected to here\n"), 0);
  }

  // kprobes say themselves that ftrace had no memory for them, vmalloc that it had none, and
  // kmemleak that it looks at more than it would have to.
  bool is_expected(const std::string& line) const override {
    return line.find("kprobes.c") != std::string::npos ||
           line.find("Call Trace") != std::string::npos ||
           line.find("kmemleak: Cannot allocate a scan area") != std::string::npos;
  }

  // Runs `work`, which returns an errno, once for each allocation that the kernel makes for it,
  // with that one failing; then `undo`, with all that it asks for. Returns how many allocations.
  static int with_each_allocation_failing(const std::function<int()>& work,
                                          const std::function<void(int error)>& undo) {
    const UniqueFd fd(open(kFailNth, O_RDWR | O_CLOEXEC));
    for (int nth = 1; nth < 5000; nth++) {
      const std::string number = std::to_string(nth);
      EXPECT_EQ(pwrite(fd.get(), number.data(), number.size(), 0), std::ssize(number));
      const int error = work();
      char left = 0;
      EXPECT_EQ(pread(fd.get(), &left, 1, 0), 1);
      EXPECT_EQ(pwrite(fd.get(), "0", 1, 0), 1);
      EXPECT_THAT(error, testing::AnyOf(0, ENOMEM)) << "allocation " << nth;
      undo(error);
      if (left != '0' || HasFailure()) return nth - 1;
    }
    return -1;
  }
};

TEST_F(Faults, loading_without_memory_fails_cleanly) {
  ASSERT_EQ(unload(), 0);
  const int allocations =
      with_each_allocation_failing([file = module_file()] { return load(file); },
                                   [](int error) { EXPECT_EQ(unload(), error == 0 ? 0 : ENOENT); });
  std::cout << "loading: " << allocations << " allocations\n";
  EXPECT_GT(allocations, 5);
  ASSERT_EQ(load(module_file()), 0);
}

TEST_F(Faults, opening_and_reading_without_memory_fails_cleanly) {
  ASSERT_EQ(control("activate"), 0);
  const auto open_and_read = [] {
    const UniqueFd fd(open(kFile, O_RDONLY | O_CLOEXEC));
    char byte;
    return fd && read(fd.get(), &byte, 1) == 1 ? 0 : errno;
  };
  const int allocations =
      with_each_allocation_failing(open_and_read, [](int) { EXPECT_TRUE(read_snapshot()); });
  std::cout << "opening: " << allocations << " allocations\n";
  EXPECT_GT(allocations, 2);
  expect_all_attached();
}

TEST_F(Faults, activating_without_memory_costs_one_hook_or_fails_cleanly) {
  Traffic traffic;
  const int allocations = with_each_allocation_failing([] { return control("activate"); },
                                                       [](int error) {
                                                         const auto snapshot = read_snapshot();
                                                         ASSERT_TRUE(snapshot);
                                                         EXPECT_EQ(snapshot->active, error == 0);
                                                         EXPECT_EQ(control("deactivate"), 0);
                                                       });
  std::cout << "activating: " << allocations << " allocations\n";
  EXPECT_GT(allocations, 5);
  ASSERT_EQ(control("activate"), 0);
  expect_all_attached();
}

}  // namespace
}  // namespace packetdrop::hard_use
