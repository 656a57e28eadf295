// SPDX-License-Identifier: Apache-2.0
// What is done without memory: clean errors, and nothing is leaked.
#include <fcntl.h>

#include <cerrno>

#include "base/unique_fd.h"
#include "vm/hard_use/fault_injection.h"
#include "vm/hard_use/traffic.h"

namespace packetdrop::hard_use {
namespace {

class Faults : public FaultInjection {};

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
