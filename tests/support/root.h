// SPDX-License-Identifier: Apache-2.0
// A folder that stands for /proc or /sys.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace packetdrop {

// Gone with this object.
class Root {
 public:
  Root() {
    std::string name = (std::filesystem::temp_directory_path() / "packetdrop-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  Root(const Root&) = delete;
  Root& operator=(const Root&) = delete;
  ~Root() { std::filesystem::remove_all(path_); }

  std::string path() const { return path_.string(); }
  void write(const std::string& file, std::string_view text) const {
    std::filesystem::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary) << text;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace packetdrop
