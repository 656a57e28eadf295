// SPDX-License-Identifier: Apache-2.0
// Reads the head of a request as RFC 9112 defines it. Every byte of a head must be valid, else it
// is an error: if a proxy in front read a head differently, one client could hide a request inside
// another's.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "http/message.h"

namespace packetdrop {

constexpr std::size_t kMaxHeadSize = 8192;  // bytes of request line and header lines
constexpr std::size_t kMaxHeaderLines = 63;
constexpr std::size_t kMaxEmptyLines = 16;  // before a request line

// Points into the text that it was read from.
struct RequestHead {
  std::string_view method;
  std::string_view path;  // as it was sent, not decoded; "*" of "OPTIONS *"
  std::string_view query;
  bool absolute_target = false;  // "GET http://host/path", as one speaks to a proxy
  int minor_version = 1;         // of HTTP/1: 0 or 1
  std::array<Header, kMaxHeaderLines> lines;
  std::size_t count = 0;  // of `lines`

  std::span<const Header> headers() const { return std::span(lines).first(count); }
  // Whether the client will send its next request on this connection.
  bool wants_keep_alive() const;
};

struct HeadError {
  int status;           // 400, 431, 501 or 505
  std::string message;  // for a person
};

// Where the first head is in the bytes that a client has sent so far.
struct HeadPosition {
  enum class State { kIncomplete, kComplete, kMalformed };
  State state = State::kIncomplete;
  std::size_t begin = 0;  // after empty lines, which are no part of it
  std::size_t end = 0;    // after the empty line that ends it; only where it is complete
};

// Malformed at the first byte that no head may have, or at a line that does not end in CR LF.
HeadPosition find_head(std::string_view received);

// `text` is what find_head() found complete.
std::variant<RequestHead, HeadError> parse_head(std::string_view text);

// Whether an answer to these bytes, head or not, has no body.
bool is_head_request(std::string_view received);

}  // namespace packetdrop
