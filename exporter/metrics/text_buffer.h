// SPDX-License-Identifier: Apache-2.0
// Collects short pieces of a text, so that they are appended to a string in large blocks.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

namespace packetdrop {

// A series is a dozen pieces; a copy into this buffer costs less than an append to a string.
// `out` has the whole text once the buffer is destroyed, and must outlive it.
class TextBuffer {
 public:
  explicit TextBuffer(std::string& out) : out_(out) {}
  TextBuffer(const TextBuffer&) = delete;
  TextBuffer& operator=(const TextBuffer&) = delete;
  ~TextBuffer() { flush(); }

  void add(std::string_view piece) {
    if (piece.size() > sizeof(buffer_) - used_) {
      flush();
      if (piece.size() > sizeof(buffer_)) {
        out_ += piece;
        return;
      }
    }
    std::memcpy(buffer_ + used_, piece.data(), piece.size());
    used_ += piece.size();
  }

 private:
  void flush() {
    out_.append(buffer_, used_);
    used_ = 0;
  }

  std::string& out_;
  std::size_t used_ = 0;
  char buffer_[4096];
};

}  // namespace packetdrop
