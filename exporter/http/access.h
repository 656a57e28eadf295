// SPDX-License-Identifier: Apache-2.0
// Decides who may change something: only who sits on this machine, and not a web page there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace packetdrop {

struct Caller {
  std::string_view method = {};
  std::string_view peer = {};                   // the socket's address, never a header
  std::optional<std::string_view> host = {};    // nothing where it was sent twice, too
  std::optional<std::string_view> origin = {};  // sent by browsers
  bool forwarded = false;                       // came through a proxy, by its own words
};

// Why the caller may not, or nothing where it may. Reading is open; POST is for loopback.
std::optional<std::string> access_refusal(const Caller& caller);

}  // namespace packetdrop
