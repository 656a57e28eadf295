// SPDX-License-Identifier: Apache-2.0
// Applies a web configuration file to requests.
#include "http/web_access.h"

#include <algorithm>

namespace packetdrop {
namespace {

Response unauthorized() {
  Response response = error_response(401, "a name and a password are needed (basic_auth_users)");
  response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"packetdrop-exporter\"");
  return response;
}

Response busy() {
  Response response = error_response(503, "too many passwords are being checked");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

}  // namespace

std::optional<Response> WebAccess::refuse(const State& state, const Request& request) {
  if (!state) return std::nullopt;
  const WebConfig& config = state->config;
  if (!rate_limiter_.allow(config.rate_limit))
    return error_response(429, "more requests than the web configuration allows (rate_limit)");
  if (!config.users.empty()) {
    switch (basic_auth_.check(config.users, request.header("Authorization").value_or(""))) {
      case Login::kRight:
        return std::nullopt;
      case Login::kWrong:
        return unauthorized();
      case Login::kBusy:
        return busy();
    }
  }
  if (config.verifies_clients() && !request.has_verified_certificate)
    return error_response(403, "a client certificate is needed (client_ca_file)");
  return std::nullopt;
}

void WebAccess::add_headers(const State& state, Response& response) {
  if (!state) return;
  for (const auto& ours : state->config.headers) {
    std::erase_if(response.headers, [&](const auto& header) {
      return equal_ignoring_case(header.first, ours.first);
    });
    response.headers.push_back(ours);
  }
}

}  // namespace packetdrop
