// SPDX-License-Identifier: Apache-2.0
// Reads the answer of a server to a probe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

// One HTTP/1 answer, read piece by piece. An answer whose end is not clear is an error: a part must
// not be taken for the whole.
class ProbeAnswer {
 public:
  static constexpr std::size_t kHeadLimit = 64 * 1024;                      // bytes
  static constexpr std::size_t kBodyLimit = std::size_t{16} * 1024 * 1024;  // bytes

  // Adds the next bytes. True: the answer is complete.
  Result<bool> add(std::string_view bytes);

  bool is_empty() const { return text_.empty(); }

  // Call it when the answer is complete or the connection has ended. The body of a 2xx answer; any
  // other answer is an error that begins with its status and has \xNN for control characters.
  Result<std::string> body() const;

 private:
  bool has_head() const { return body_at_ > 0; }
  std::size_t body_size() const { return text_.size() - body_at_; }
  bool is_interim() const;  // 1xx: the answer comes after it
  void forget_head();
  Result<void> read_head(std::string_view head);
  Result<void> read_header(std::string_view name, std::string_view value);

  std::string text_;
  std::string status_;               // line
  std::size_t body_at_ = 0;          // in `text_`; 0: the head is not there yet
  std::optional<std::size_t> size_;  // of the body; nothing: until the server closes
};

}  // namespace packetdrop
