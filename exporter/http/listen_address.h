// SPDX-License-Identifier: Apache-2.0
// Turns --web.listen-address into what civetweb listens on.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

struct ListenAddress {
  std::string host;      // as given: "", "127.0.0.1", "[::1]", "localhost"
  std::string civetweb;  // one entry of civetweb's listening_ports
};

// ":PORT" is IPv4 and IPv6, or IPv4 alone on a kernel without IPv6. The error names the address.
Result<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace packetdrop
