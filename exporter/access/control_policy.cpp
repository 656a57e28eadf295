// SPDX-License-Identifier: Apache-2.0
// Decides who may POST: root on this machine and authenticated callers, but never a page of another
// origin.
#include "access/control_policy.h"

#include <algorithm>

#include "base/ip_address.h"
#include "base/text.h"
#include "http/message.h"

namespace packetdrop {
namespace {

// 127.0.0.0/8, ::1, and ::ffff:127.0.0.0/104, which is how a dual-stack socket shows the first.
bool is_loopback(std::string_view text) {
  if (const auto v4 = parse_ipv4(text)) return ntohl(v4->s_addr) >> 24 == 127;
  const auto v6 = parse_ipv6(text);
  if (!v6) return false;
  return IN6_IS_ADDR_LOOPBACK(&*v6) || (IN6_IS_ADDR_V4MAPPED(&*v6) && v6->s6_addr[12] == 127);
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Any other name could be one that an attacker's DNS points at loopback (DNS rebinding).
bool is_literal_or_localhost(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    if (end == host.npos) return false;
    const std::string_view rest = host.substr(end + 1);
    if (!rest.empty() && (rest[0] != ':' || !is_port(rest.substr(1)))) return false;
    return parse_bracketed_ipv6(host.substr(0, end + 1)).has_value();
  }
  const std::size_t colon = host.find(':');
  if (colon != host.npos && !is_port(host.substr(colon + 1))) return false;
  const std::string_view name = host.substr(0, colon);
  return equal_ignoring_case(name, "localhost") || parse_ipv4(name).has_value();
}

bool is_same_origin(std::string_view origin, std::string_view host) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (origin.starts_with(scheme)) return equal_ignoring_case(origin.substr(scheme.size()), host);
  return false;
}

// A browser sends at least one of the two; "none" means that its user typed the address.
bool is_of_another_page(const Caller& caller) {
  if (caller.fetch_site && *caller.fetch_site != "same-origin" && *caller.fetch_site != "none")
    return true;
  return caller.origin && !is_same_origin(*caller.origin, caller.host.value_or(""));
}

// Checks a TCP connection whose caller is not authenticated.
std::optional<std::string> loopback_refusal(const Caller& caller) {
  if (!is_loopback(caller.peer)) return "POST is allowed from this machine only (127.0.0.1 or ::1)";
  if (caller.forwarded) return "POST is not allowed through a proxy";
  if (!caller.host || !is_literal_or_localhost(*caller.host))
    return "the Host of a POST must be an IP address or localhost";
  return std::nullopt;
}

std::optional<std::string> uid_refusal(const Caller& caller, std::span<const uid_t> control_uids) {
  const Result<uid_t> uid = caller.uid();
  if (!uid)
    return "POST is allowed for root only, and the peer's uid could not be determined: " +
           uid.error().message;
  if (std::ranges::find(control_uids, *uid) != control_uids.end()) return std::nullopt;
  const std::string number = std::to_string(*uid);
  return "POST is allowed for root only, and this is user " + number +
         ": use sudo, or start the exporter with --web.control-uid=" + number;
}

}  // namespace

std::optional<std::string> control_refusal(const Caller& caller,
                                           std::span<const uid_t> control_uids) {
  if (caller.method != "POST") return std::nullopt;
  if (!caller.is_unix && !caller.authenticated)
    if (auto refusal = loopback_refusal(caller)) return refusal;
  // A browser adds stored passwords and certificates to the requests of any page.
  if (is_of_another_page(caller)) return "POST is not allowed from a page of another origin";
  return caller.authenticated ? std::nullopt : uid_refusal(caller, control_uids);
}

}  // namespace packetdrop
