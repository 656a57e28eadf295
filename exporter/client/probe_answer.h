// SPDX-License-Identifier: Apache-2.0
// Reads what a server answers to a probe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

// One HTTP/1 answer, as it comes. Whatever does not say clearly where it ends is an error: a part
// must not pass for the whole.
class ProbeAnswer {
 public:
  static constexpr std::size_t kHeadLimit = 64 * 1024;                      // bytes
  static constexpr std::size_t kBodyLimit = std::size_t{16} * 1024 * 1024;  // bytes

  // Takes what came next. True: it is complete.
  Result<bool> add(std::string_view bytes);

  bool is_empty() const { return text_.empty(); }

  // Once it is complete, or nothing more comes: the body of an answer with 2xx. Another one is an
  // error, which begins with its status, and has \xNN for what a terminal would not show.
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
