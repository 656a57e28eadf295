// SPDX-License-Identifier: Apache-2.0
// Decides who may POST: root on this machine and authenticated callers, but never a page of another
// origin.
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
  std::optional<std::string_view> host = {};        // also empty if it was sent twice
  std::optional<std::string_view> origin = {};      // sent by browsers
  std::optional<std::string_view> fetch_site = {};  // Sec-Fetch-Site; a page cannot omit it
  bool forwarded = false;                           // the request says that a proxy sent it
  bool is_unix = false;                             // connected to a Unix socket
  bool authenticated = false;  // has the password or certificate of the web configuration
  std::function<Result<uid_t>()> uid = {};  // uid of the peer; called last, because it costs time
};

// The reason to refuse the caller, or nothing if the request is allowed. Reading is always allowed;
// POST is allowed for authenticated callers, and for `control_uids` on this machine.
std::optional<std::string> control_refusal(const Caller& caller,
                                           std::span<const uid_t> control_uids);

}  // namespace packetdrop
