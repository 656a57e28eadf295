// SPDX-License-Identifier: Apache-2.0
// Reads IP addresses that are written as numbers.
#include "base/ip_address.h"

#include <arpa/inet.h>

#include <string>

namespace packetdrop {
namespace {

template <typename Address>
std::optional<Address> parse(int family, std::string_view text) {
  // inet_pton() would stop there, and not read the rest.
  if (text.find('\0') != text.npos) return std::nullopt;
  Address address{};
  if (::inet_pton(family, std::string(text).c_str(), &address) != 1) return std::nullopt;
  return address;
}

}  // namespace

std::optional<in_addr> parse_ipv4(std::string_view text) { return parse<in_addr>(AF_INET, text); }

std::optional<in6_addr> parse_ipv6(std::string_view text) {
  return parse<in6_addr>(AF_INET6, text);
}

std::optional<in6_addr> parse_bracketed_ipv6(std::string_view text) {
  if (!text.starts_with('[') || !text.ends_with(']')) return std::nullopt;
  return parse_ipv6(text.substr(1, text.size() - 2));
}

}  // namespace packetdrop
