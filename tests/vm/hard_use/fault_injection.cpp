// SPDX-License-Identifier: Apache-2.0
// Makes one allocation after the other fail. Needs a kernel with fault injection.
#include "vm/hard_use/fault_injection.h"

#include <fcntl.h>

#include <cerrno>

#include "base/unique_fd.h"

namespace packetdrop::hard_use {
namespace {

constexpr const char* kFailSlab = "/sys/kernel/debug/failslab/";
constexpr const char* kLog = "/dev/kmsg";
constexpr const char* kFailNth = "/proc/thread-self/fail-nth";

}  // namespace

void FaultInjection::SetUp() {
  HardUse::SetUp();
  if (HasFatalFailure()) return;
  ASSERT_EQ(write_to(std::string(kFailSlab) + "ignore-gfp-wait", "N"), 0);
  ASSERT_EQ(write_to(std::string(kFailSlab) + "verbose", "0"), 0);
  ASSERT_EQ(write_to(kLog, "hard_use: complaints are expected from here\n"), 0);
}

void FaultInjection::TearDown() {
  HardUse::TearDown();
  ASSERT_EQ(write_to(kLog, "hard_use: complaints are expected to here\n"), 0);
}

bool FaultInjection::is_expected(const std::string& line) const {
  return line.find("kprobes.c") != std::string::npos ||
         line.find("Call Trace") != std::string::npos ||
         line.find("kmemleak: Cannot allocate a scan area") != std::string::npos;
}

int FaultInjection::with_each_allocation_failing(const std::function<int()>& work,
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

}  // namespace packetdrop::hard_use
