// SPDX-License-Identifier: Apache-2.0
// Reading in every way that a file can be read, and every write but the two words.
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <vector>

#include "base/unique_fd.h"
#include "vm/hard_use/fixture.h"

namespace packetdrop::hard_use {
namespace {

using namespace std::string_literals;
using testing::StartsWith;

UniqueFd open_file(int flags) { return UniqueFd(open(kFile, flags | O_CLOEXEC)); }

// A page that can be neither read nor written.
void* nowhere() {
  static void* const page = mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return page;
}

std::string read_in_pieces(int fd, std::size_t size) {
  std::string text;
  std::vector<char> piece(size);
  ssize_t n;
  while ((n = read(fd, piece.data(), piece.size())) > 0)
    text.append(piece.data(), static_cast<std::size_t>(n));
  return text;
}

TEST_F(HardUse, text_begins_with_what_people_look_for) {
  auto text = read_text();
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, StartsWith("settings:\n  activated: N\n  abi: 1\n"));
  ASSERT_EQ(control("activate"), 0);
  text = read_text();
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, StartsWith("settings:\n  activated: y\n  abi: 1\n"));
}

TEST_F(HardUse, every_way_to_read_one_descriptor_sees_one_text) {
  const UniqueFd fd = open_file(O_RDONLY);
  ASSERT_TRUE(fd);
  const std::string text = read_in_pieces(fd.get(), 65536);
  ASSERT_THAT(text, StartsWith("settings:\n  activated: N\n"));

  // What happens meanwhile is for the next one to open it.
  ASSERT_EQ(control("activate"), 0);
  for (const std::size_t size : {1, 2, 3, 7, 4095, 4096, 4097}) {
    ASSERT_EQ(lseek(fd.get(), 0, SEEK_SET), 0);
    EXPECT_EQ(read_in_pieces(fd.get(), size), text) << size;
  }
  for (const std::size_t at : {std::size_t{0}, std::size_t{11}, text.size() / 2, text.size() - 1}) {
    std::array<char, 100> part;
    const ssize_t n = pread(fd.get(), part.data(), part.size(), static_cast<off_t>(at));
    ASSERT_GT(n, 0);
    EXPECT_EQ(std::string_view(part.data(), static_cast<std::size_t>(n)), text.substr(at, 100));
  }
}

TEST_F(HardUse, seeks_stay_within_the_text) {
  const UniqueFd fd = open_file(O_RDONLY);
  ASSERT_TRUE(fd);
  const auto size = static_cast<off_t>(read_in_pieces(fd.get(), 65536).size());
  EXPECT_EQ(lseek(fd.get(), 0, SEEK_END), size);
  EXPECT_EQ(lseek(fd.get(), -1, SEEK_END), size - 1);
  EXPECT_EQ(lseek(fd.get(), -1, SEEK_SET), -1);
  EXPECT_EQ(lseek(fd.get(), size + 1, SEEK_SET), -1);
  EXPECT_EQ(errno, EINVAL);
  char byte;
  EXPECT_EQ(pread(fd.get(), &byte, 1, size), 0);
  EXPECT_EQ(pread(fd.get(), &byte, 1, off_t{1} << 62), 0);
  EXPECT_EQ(pread(fd.get(), &byte, 0, 0), 0);
  EXPECT_EQ(pread(fd.get(), nowhere(), 1, 0), -1);
  EXPECT_EQ(errno, EFAULT);
  EXPECT_EQ(mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, fd.get(), 0), MAP_FAILED);
}

TEST_F(HardUse, both_words_are_taken_with_and_without_newline_and_twice) {
  for (const char* word : {"activate", "activate\n"}) {
    EXPECT_EQ(control(word), 0);
    EXPECT_TRUE(is_active());
    EXPECT_EQ(control(word), 0) << "again";
    EXPECT_TRUE(is_active());
    EXPECT_EQ(control("deactivate\n"), 0);
    EXPECT_FALSE(is_active());
    EXPECT_EQ(control("deactivate"), 0) << "again";
    EXPECT_FALSE(is_active());
  }
}

TEST_F(HardUse, one_descriptor_switches_more_than_once) {
  const UniqueFd fd = open_file(O_RDWR | O_APPEND);
  ASSERT_TRUE(fd);
  EXPECT_EQ(write(fd.get(), "activate\n", 9), 9);
  EXPECT_TRUE(is_active());
  EXPECT_EQ(write(fd.get(), "deactivate\n", 11), 11);
  EXPECT_FALSE(is_active());
}

TEST_F(HardUse, any_other_write_is_refused_and_changes_nothing) {
  const std::vector<std::string> writes = {
      "",
      "\n",
      "\0"s,
      "a",
      "activat",
      "activate\n\n",
      "activate\r\n",
      "activate x",
      "activate ",
      " activate",
      "\nactivate",
      "Activate",
      "ACTIVATE",
      "activate\0"s,
      "activate\0x"s,
      "activate\n\0"s,
      "\0activate"s,
      "activateactivate",
      "activate\nactivate\n",
      "deactivate\ndeactivate",
      "deactivatex",
      "reactivate",
      "1",
      "0",
      "y",
      "N",
      "\xff\xfe\x00\x01"s,
      "%s%n%p",
      std::string(15, 'a'),
      std::string(16, 'a'),
      std::string(4096, 'a'),
      "activate\n" + std::string(1 << 20, '\0'),
      std::string(1 << 20, 'x'),
  };
  for (const bool active : {false, true}) {
    ASSERT_EQ(control(active ? "activate" : "deactivate"), 0);
    for (const std::string& text : writes) {
      EXPECT_EQ(control(text), EINVAL) << testing::PrintToString(text.substr(0, 40));
      EXPECT_EQ(is_active(), active) << testing::PrintToString(text.substr(0, 40));
    }
    const char* opposite = active ? "deactivate" : "activate";
    for (const long offset : {1L, 4096L, 1L << 40})
      EXPECT_EQ(control(opposite, offset), EINVAL) << offset;
    EXPECT_EQ(is_active(), active);
  }
}

TEST_F(HardUse, a_word_in_pieces_or_from_nowhere_is_refused) {
  const UniqueFd fd = open_file(O_WRONLY);
  ASSERT_TRUE(fd);
  std::string first = "activ", second = "ate";
  const std::array<iovec, 2> pieces = {
      {{first.data(), first.size()}, {second.data(), second.size()}}};
  EXPECT_EQ(writev(fd.get(), pieces.data(), 2), -1);
  EXPECT_EQ(errno, EINVAL);
  EXPECT_EQ(write(fd.get(), nowhere(), 8), -1);
  EXPECT_EQ(errno, EFAULT);
  EXPECT_FALSE(is_active());
}

TEST_F(HardUse, only_root_can_open_it_for_writing_and_anybody_for_reading) {
  constexpr uid_t kNobody = 65534;
  EXPECT_EQ(open_as(kNobody, 1, O_WRONLY).error, EACCES);
  EXPECT_EQ(open_as(kNobody, 1, O_RDWR).error, EACCES);
  EXPECT_EQ(open_as(kNobody, 1, O_RDONLY).error, 0);
}

TEST_F(HardUse, uid_0_without_cap_net_admin_cannot_open_it_for_writing) {
  const auto opened = [](int flags) {
    return in_child([flags] {
      __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
      __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
      if (syscall(SYS_capget, &header, data) != 0) return errno;
      data[CAP_TO_INDEX(CAP_NET_ADMIN)].effective &= ~CAP_TO_MASK(CAP_NET_ADMIN);
      if (syscall(SYS_capset, &header, data) != 0) return errno;
      return open(kFile, flags) < 0 ? errno : 0;
    });
  };
  EXPECT_EQ(opened(O_WRONLY), EPERM);
  EXPECT_EQ(opened(O_RDWR), EPERM);
  EXPECT_EQ(opened(O_RDONLY), 0);
}

// enter_user_namespace(): root in there, and root's files are its own, but without the host's
// rights.
int enter_user_namespace() {
  if (unshare(CLONE_NEWUSER) != 0) return errno;
  const int map = open("/proc/self/uid_map", O_WRONLY);
  if (map < 0 || write(map, "0 0 1", 5) != 5) return errno;
  return getuid() == 0 ? 0 : EINVAL;
}

TEST_F(HardUse, root_of_a_user_namespace_cannot_open_it_for_writing) {
  ASSERT_EQ(in_child(enter_user_namespace), 0);
  const auto opened = [](int flags) {
    return in_child([flags] {
      enter_user_namespace();
      return open(kFile, flags) < 0 ? errno : 0;
    });
  };
  EXPECT_EQ(opened(O_WRONLY), EPERM);
  EXPECT_EQ(opened(O_RDWR), EPERM);
  EXPECT_EQ(opened(O_RDONLY), 0);
}

// What a container is, with all of root's rights in it: it is the network that counts.
TEST_F(HardUse, root_of_a_container_can_open_it_for_writing_on_the_hosts_network_alone) {
  // Those that every kernel of the tests has.
  constexpr int kContainer = CLONE_NEWNS | CLONE_NEWPID;
  const auto opened = [](int namespaces, int flags) {
    return in_child([namespaces, flags] {
      if (unshare(namespaces) != 0) return -1;
      return in_child([flags] { return open(kFile, flags) < 0 ? errno : 0; });
    });
  };
  EXPECT_EQ(opened(kContainer | CLONE_NEWNET, O_WRONLY), EPERM);
  EXPECT_EQ(opened(kContainer | CLONE_NEWNET, O_RDWR), EPERM);
  EXPECT_EQ(opened(kContainer | CLONE_NEWNET, O_RDONLY), 0);
  EXPECT_EQ(opened(kContainer, O_WRONLY), 0);
}

}  // namespace
}  // namespace packetdrop::hard_use
