// SPDX-License-Identifier: Apache-2.0
// Decides who may change something: root on this machine, whoever has authenticated, and no web
// page.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

struct Caller {
  std::string_view method = {};
  std::string_view peer = {};                       // the socket's address, never a header
  std::optional<std::string_view> host = {};        // nothing where it was sent twice, too
  std::optional<std::string_view> origin = {};      // sent by browsers
  std::optional<std::string_view> fetch_site = {};  // Sec-Fetch-Site, which no page can leave out
  bool forwarded = false;                           // came through a proxy, by its own words
  bool is_unix = false;                             // came by a Unix socket
  bool authenticated =
      false;  // showed the password or certificate that the web configuration asks for
  std::function<Result<uid_t>()> uid = {};  // who is at the other end; asked last, it is not free
};

// Why the caller may not, or nothing where it may. Reading is open; POST is for whoever has
// authenticated, and else for `control_uids` on this machine.
std::optional<std::string> control_refusal(const Caller& caller,
                                           std::span<const uid_t> control_uids);

}  // namespace packetdrop
