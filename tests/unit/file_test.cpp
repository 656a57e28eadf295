// SPDX-License-Identifier: Apache-2.0
// A file is read whole or not at all.
#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>

#include "support/folder.h"

namespace packetdrop {
namespace {

TEST(ReadFile, a_file_beyond_the_limit_is_an_error) {
  const Folder folder;
  folder.write("file", std::string(5000, 'x'));
  EXPECT_EQ(read_file(folder.path("file"), 5000)->size(), 5000u);
  const auto text = read_file(folder.path("file"), 4999);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, EFBIG);
  EXPECT_EQ(text.error().message, folder.path("file") + ": larger than 4999 bytes");
  EXPECT_EQ(read_beginning(folder.path("file"), 4999)->size(), 4999u);
}

TEST(ReadFile, files_of_procfs_have_no_size_and_are_read_whole) {
  const auto text = read_file("/proc/self/status");
  ASSERT_TRUE(text);
  EXPECT_THAT(*text, testing::HasSubstr("CapEff:"));
}

TEST(ReadFile, what_could_be_waited_for_is_refused) {
  const Folder folder;
  ASSERT_EQ(::mkfifo(folder.path("fifo").c_str(), 0600), 0);
  for (const std::string& path : {folder.path("fifo"), std::string("/dev/zero")}) {
    const auto text = read_file(path);
    ASSERT_FALSE(text) << path;
    EXPECT_EQ(text.error().message, path + ": not a regular file");
  }
  EXPECT_EQ(read_file(folder.path("")).error().code, EISDIR);
}

}  // namespace
}  // namespace packetdrop
