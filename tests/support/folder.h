// SPDX-License-Identifier: Apache-2.0
// A folder of files for one test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace packetdrop {

// Removed at its end.
class Folder {
 public:
  Folder()
      : path_(testing::TempDir() + "packetdrop-" + std::to_string(::getpid()) + "-" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string path(const std::string& name) const { return path_ + "/" + name; }

  // In place: cut to nothing, then written.
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  // By a rename. An unchanged content makes another file, too.
  void replace(const std::string& name, const std::string& text) const {
    write("new", text);
    std::filesystem::rename(path("new"), path(name));
  }
  void replace_by_itself(const std::string& name) const {
    std::filesystem::copy_file(path(name), path("new"));
    std::filesystem::rename(path("new"), path(name));
  }

 private:
  const std::string path_;
};

}  // namespace packetdrop
