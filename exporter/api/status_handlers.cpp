// SPDX-License-Identifier: Apache-2.0
// Answers questions about the exporter itself: its state, its drops, its health, its landing page.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/drops_json.h"
#include "api/handlers.h"
#include "api/status_json.h"
#include "page/landing_page.h"

namespace packetdrop {
namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

// The port of this end of the connection; nothing for a Unix socket.
std::optional<std::uint16_t> local_port(int socket) {
  sockaddr_storage own{};
  socklen_t size = sizeof(own);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) != 0) return std::nullopt;
  if (own.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(own).sin_port);
  if (own.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(own).sin6_port);
  return std::nullopt;
}

std::optional<ControlHelp> control_help_of(Context& context, const Request& request) {
  const ServerOptions& options = context.options;
  if (!options.control_api) return std::nullopt;
  ControlSetup setup{.listen_addresses = options.listen_addresses,
                     .control_uids = options.control_uids,
                     .host = request.header("Host").value_or(""),
                     .reader_is_unix = request.is_unix,
                     .port = local_port(request.socket)};
  const Authentication::State state = context.authentication.state();
  if (!state) return control_help(setup);
  const WebConfig& config = state->config;
  setup.tls = config.tls.has_value();
  setup.passwords = !config.users.empty();
  setup.verifies_clients = config.verifies_clients();
  setup.requires_certificate =
      setup.tls && (config.tls->client_auth == ClientAuth::kRequireAny ||
                    config.tls->client_auth == ClientAuth::kRequireAndVerify);
  return control_help(setup);
}

}  // namespace

Response html_response(std::string html) {
  Response response{.content_type = "text/html; charset=utf-8", .body = std::move(html)};
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  return response;
}

Response answer_landing(Context& context, const Request& request, const Query&) {
  return html_response(render_landing_page({.states = context.controller.state(),
                                            .preflight = context.preflight,
                                            .telemetry_path = context.options.telemetry_path,
                                            .control = control_help_of(context, request)}));
}

Response answer_status(Context& context, const Request&, const Query&) {
  nlohmann::json data = state_json(context.controller.state());
  data["preflight"] = preflight_json(context.preflight);
  data["build"] = build_json();
  return success_response(data);
}

Response answer_drops(Context& context, const Request&, const Query&) {
  std::vector<SourceReading> readings;
  for (SourceState& state : context.controller.state())
    readings.push_back(std::move(state.reading));
  return success_response(drops_json(readings));
}

Response answer_healthy(Context&, const Request&, const Query&) {
  return success_response({{"healthy", true}});
}

Response answer_ready(Context& context, const Request&, const Query&) {
  std::string reasons;
  for (const SourceState& state : context.controller.state()) {
    const std::string reason = state.reading.not_ready();
    if (reason.empty()) return success_response({{"ready", true}});
    reasons += reasons.empty() ? ": " : "; ";
    reasons.append(state.reading.source).append(": ").append(reason);
  }
  return error_response(503, "no source can count drops on this host" + reasons);
}

}  // namespace packetdrop
