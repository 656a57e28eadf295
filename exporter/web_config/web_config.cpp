// SPDX-License-Identifier: Apache-2.0
// Which changes of a web configuration are allowed while it is in force.
#include "web_config/web_config.h"

namespace packetdrop {
namespace {

// How strict the handshake is: each level refuses more clients.
int strictness(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::kNone:
      return 0;
    case ClientAuth::kRequest:
      return 1;
    case ClientAuth::kRequireAny:
    case ClientAuth::kVerifyIfGiven:
      return 2;
    case ClientAuth::kRequireAndVerify:
      return 3;
  }
  return 3;
}

}  // namespace

std::optional<std::string> opens_the_door(const WebConfig& now, const WebConfig& next) {
  if (now.tls.has_value() != next.tls.has_value())
    return "tls_server_config cannot be added or removed without a restart";
  if (!now.users.empty() && next.users.empty() && !next.says_no_users)
    return "it has no users; to remove all, write \"basic_auth_users: {}\"";
  if (!now.tls) return std::nullopt;
  if (strictness(next.tls->client_auth) < strictness(now.tls->client_auth) &&
      !next.tls->says_client_auth)
    return "client_auth_type is missing; to stop asking for client certificates, write "
           "\"client_auth_type: NoClientCert\"";
  if (now.tls->client_allowed_sans && !next.tls->client_allowed_sans &&
      next.tls->client_auth != ClientAuth::kNone)
    return "client_allowed_sans cannot be removed without a restart";
  return std::nullopt;
}

}  // namespace packetdrop
