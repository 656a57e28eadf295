// SPDX-License-Identifier: Apache-2.0
// What many open files can take, whom they keep out, and that they outlive the module.
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "base/file.h"
#include "base/unique_fd.h"
#include "vm/hard_use/fixture.h"
#include "vm/hard_use/traffic.h"

namespace packetdrop::hard_use {
namespace {

constexpr std::size_t kTexts = 64;  // PD_USER_TEXTS in kmod/users.c
constexpr uid_t kUser = 65534;
constexpr uid_t kOtherUser = 65533;

void allow_files(rlim_t count) {
  const rlimit limit = {count, count};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

TEST_F(HardUse, a_user_who_opens_it_all_the_time_keeps_nobody_else_out) {
  allow_files(2000);
  {
    Opened all = open_as(kUser, 1100);
    EXPECT_EQ(all.files.size(), kTexts);
    EXPECT_EQ(all.error, ENFILE);
    EXPECT_EQ(open_as(kOtherUser, 1).error, 0);
    EXPECT_EQ(open_as(0, 100).error, 0);
    all.files.pop_back();
    EXPECT_EQ(open_as(kUser, 1).error, 0) << "one was closed";
  }
  EXPECT_EQ(open_as(kUser, kTexts).error, 0);
}

TEST_F(HardUse, hundreds_of_open_files_can_all_be_read_until_the_module_goes) {
  allow_files(1000);
  Traffic traffic;
  ASSERT_EQ(control("activate"), 0);
  const Opened opened = open_as(0, 300);  // more than anybody but root may have
  ASSERT_EQ(opened.error, 0);
  char byte = 0;
  for (const UniqueFd& file : opened.files) {
    EXPECT_EQ(pread(file.get(), &byte, 1, 0), 1);
    EXPECT_EQ(byte, 's');
  }
  const UniqueFd writer(open(kFile, O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(writer);

  ASSERT_EQ(unload(), 0);
  const int file = opened.files.front().get();
  EXPECT_EQ(read(file, &byte, 1), -1);
  EXPECT_LT(write(writer.get(), "activate", 8), 0);
  EXPECT_EQ(load(module_file()), 0);
  // They belong to the one that is gone.
  EXPECT_EQ(read(file, &byte, 1), -1);
  EXPECT_LT(write(writer.get(), "activate", 8), 0);
  EXPECT_FALSE(is_active());
}

// A memory cgroup, mounted and made, and gone with this object.
class MemoryCgroup {
 public:
  MemoryCgroup() {
    EXPECT_EQ(mkdir(kMount, 0700), 0);
    EXPECT_EQ(mount("none", kMount, "cgroup2", 0, nullptr), 0);
    EXPECT_EQ(write_to(std::string(kMount) + "/cgroup.subtree_control", "+memory"), 0);
    EXPECT_EQ(mkdir(path("").c_str(), 0700), 0);
  }
  ~MemoryCgroup() {
    // Its last process may be a moment from gone.
    EXPECT_TRUE(eventually([this] { return rmdir(path("").c_str()) == 0; }));
    EXPECT_EQ(umount(kMount), 0);
    EXPECT_EQ(rmdir(kMount), 0);
  }

  std::string path(const std::string& file) const { return std::string(kMount) + "/it/" + file; }

 private:
  static constexpr const char* kMount = "/tmp/cgroup";
};

TEST_F(HardUse, what_a_container_keeps_open_is_charged_to_its_memory) {
  constexpr int kFiles = 200;
  const auto text = read_text();
  ASSERT_TRUE(text);
  const MemoryCgroup cgroup;
  // How many KiB the cgroup has with so many files open.
  const auto charged = [&cgroup](int files) {
    return in_child([&cgroup, files] {
      if (write_to(cgroup.path("cgroup.procs"), "0") != 0) return -1;
      for (int i = 0; i < files; i++)
        if (open(kFile, O_RDONLY) < 0) return -1;
      const auto now = read_file(cgroup.path("memory.current"));
      // An exit code has eight bits.
      return now ? static_cast<int>(std::stol(*now) >> 16) : -1;
    });
  };
  const int before = charged(0);
  ASSERT_GE(before, 0);
  const auto expected = static_cast<int>(kFiles * text->size() >> 16);
  EXPECT_GE(charged(kFiles) - before, expected) << "in units of 64 KiB";
}

}  // namespace
}  // namespace packetdrop::hard_use
