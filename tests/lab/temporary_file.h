// SPDX-License-Identifier: Apache-2.0
// A file in /tmp that goes with its object.
#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <utility>

namespace packetdrop::lab {

class TemporaryFile {
 public:
  TemporaryFile() : path_("/tmp/packetdrop-test-XXXXXX") {
    const int fd = mkstemp(path_.data());
    if (fd >= 0) close(fd);
  }
  TemporaryFile(TemporaryFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFile& operator=(TemporaryFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~TemporaryFile() {
    if (!path_.empty()) unlink(path_.c_str());
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace packetdrop::lab
