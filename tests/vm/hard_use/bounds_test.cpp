// SPDX-License-Identifier: Apache-2.0
// What many open files can take, and that they outlive the module.
#include <fcntl.h>
#include <sys/resource.h>

#include <cerrno>
#include <vector>

#include "base/unique_fd.h"
#include "vm/hard_use/fixture.h"
#include "vm/hard_use/traffic.h"

namespace packetdrop::hard_use {
namespace {

constexpr int kTexts = 2048;  // PD_OPEN_MAX in kmod/proc.c

void allow_files(rlim_t count) {
  const rlimit limit = {count, count};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

// Opens it `count` times; fewer where that fails.
std::vector<UniqueFd> open_many(int count) {
  std::vector<UniqueFd> files;
  for (int i = 0; i < count; i++) {
    UniqueFd fd(open(kFile, O_RDONLY | O_CLOEXEC));
    if (!fd) break;
    files.push_back(std::move(fd));
  }
  return files;
}

TEST_F(HardUse, thousand_open_files_can_all_be_read) {
  allow_files(2 * kTexts);
  ASSERT_EQ(control("activate"), 0);
  Traffic traffic;
  const std::vector<UniqueFd> files = open_many(1000);
  ASSERT_EQ(files.size(), 1000U);
  for (const UniqueFd& file : files) {
    char byte = 0;
    EXPECT_EQ(pread(file.get(), &byte, 1, 0), 1);
    EXPECT_EQ(byte, 's');
  }
}

TEST_F(HardUse, open_files_are_bounded_and_nobody_can_lock_root_out) {
  allow_files(2 * kTexts);
  {
    std::vector<UniqueFd> files = open_many(kTexts / 2);
    ASSERT_EQ(files.size(), std::size_t{kTexts} / 2);
    EXPECT_EQ(open_as_nobody(O_RDONLY), ENFILE);
    files.pop_back();
    EXPECT_EQ(open_as_nobody(O_RDONLY), 0);
    const std::vector<UniqueFd> more = open_many(kTexts);
    EXPECT_EQ(files.size() + more.size(), std::size_t{kTexts});
    EXPECT_EQ(control("activate"), 0) << "writing takes no text";
  }
  EXPECT_EQ(open_as_nobody(O_RDONLY), 0);
}

TEST_F(HardUse, unload_while_files_are_open) {
  Traffic traffic;
  ASSERT_EQ(control("activate"), 0);
  const std::vector<UniqueFd> files = open_many(100);
  const UniqueFd writer(open(kFile, O_WRONLY | O_CLOEXEC));
  ASSERT_EQ(files.size(), 100U);
  ASSERT_TRUE(writer);
  ASSERT_EQ(unload(), 0);
  char byte;
  EXPECT_EQ(read(files[0].get(), &byte, 1), -1);
  EXPECT_LT(write(writer.get(), "activate", 8), 0);
  EXPECT_EQ(load(module_file()), 0);
  // They belong to the one that is gone.
  EXPECT_EQ(read(files[0].get(), &byte, 1), -1);
  EXPECT_LT(write(writer.get(), "activate", 8), 0);
  EXPECT_FALSE(is_active());
}

}  // namespace
}  // namespace packetdrop::hard_use
