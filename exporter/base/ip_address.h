// SPDX-License-Identifier: Apache-2.0
// Reads IP addresses that are written as numbers.
#pragma once

#include <netinet/in.h>

#include <optional>
#include <string_view>

namespace packetdrop {

// "127.0.0.1": all four numbers, in decimal.
std::optional<in_addr> parse_ipv4(std::string_view text);

// "::1", without brackets and without a zone (%eth0).
std::optional<in6_addr> parse_ipv6(std::string_view text);

// "[::1]", as a URL and a Host header contain it.
std::optional<in6_addr> parse_bracketed_ipv6(std::string_view text);

}  // namespace packetdrop
