// SPDX-License-Identifier: Apache-2.0
// Applies a web configuration file to requests.
#include "access/authentication.h"

#include <algorithm>

#include "base/ip_address.h"
#include "base/text.h"
#include "http/admission.h"

namespace packetdrop {
namespace {

// The network of an IP address; empty for a Unix socket's peer and any other text.
std::string network_of(std::string_view peer) {
  const std::string_view text = peer.substr(0, peer.find('%'));
  if (const auto v4 = parse_ipv4(text)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr = *v4;
    return packetdrop::network_of(reinterpret_cast<const sockaddr&>(address));
  }
  const auto v6 = parse_ipv6(text);
  if (!v6) return {};
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_addr = *v6;
  return packetdrop::network_of(reinterpret_cast<const sockaddr&>(address));
}

Response unauthorized(bool has_tried) {
  Response response = error_response(
      401, has_tried ? "wrong user name or password"
                     : "user name and password required (HTTP basic authentication)");
  response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"packetdrop-exporter\"");
  return response;
}

Response busy() {
  Response response = error_response(503, "too many passwords are being checked");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

// A client sends its certificate in the handshake, so it has to connect again.
Response no_certificate() {
  Response response = error_response(403, "a client certificate is needed (client_ca_file)");
  response.close = true;
  return response;
}

}  // namespace

std::optional<Response> Authentication::refuse(const State& state, const Request& request) {
  if (!state) return std::nullopt;
  const WebConfig& config = state->config;
  if (!rate_limiter_.allow(config.rate_limit))
    return error_response(429, "more requests than the web configuration allows (rate_limit)");
  if (!config.users.empty()) {
    const auto credentials = request.header("Authorization");
    switch (basic_auth_.check(config.users, credentials.value_or(""), network_of(request.peer))) {
      case Login::kRight:
        return std::nullopt;
      case Login::kWrong:
        return unauthorized(credentials.has_value());
      case Login::kBusy:
        return busy();
    }
  }
  if (!config.verifies_clients()) return std::nullopt;
  const bool is_verified =
      request.has_verified_certificate && request.has_verified_certificate(state->identity);
  return is_verified ? std::nullopt : std::optional(no_certificate());
}

void Authentication::add_headers(const State& state, Response& response) {
  if (!state) return;
  for (const auto& ours : state->config.headers) {
    std::erase_if(response.headers, [&](const auto& header) {
      return equal_ignoring_case(header.first, ours.first);
    });
    response.headers.push_back(ours);
  }
}

}  // namespace packetdrop
