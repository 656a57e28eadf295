// SPDX-License-Identifier: Apache-2.0
// Answers questions about the exporter itself: its state, its drops, its health, its landing page.
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "http/drops_json.h"
#include "http/handlers.h"
#include "http/landing_page.h"
#include "http/status_json.h"

namespace packetdrop {
namespace {

constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

// The port in a Host header, as far as it is one.
std::string_view port_of(std::string_view host) {
  const std::size_t start = host.find_last_not_of("0123456789");
  const bool has_port = start != host.npos && host[start] == ':' && start + 1 < host.size();
  return has_port ? host.substr(start + 1) : "80";
}

}  // namespace

Response html_response(std::string html) {
  Response response{.content_type = "text/html; charset=utf-8", .body = std::move(html)};
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  return response;
}

Response answer_landing(RouteContext& context, const Request& request) {
  return html_response(render_landing_page({.states = context.controller.state(),
                                            .preflight = context.preflight,
                                            .telemetry_path = context.options.telemetry_path,
                                            .port = port_of(request.header("Host").value_or("")),
                                            .control_api = context.options.control_api}));
}

Response answer_status(RouteContext& context, const Request&) {
  nlohmann::json data = state_json(context.controller.state());
  data["preflight"] = preflight_json(context.preflight);
  data["build"] = build_json();
  return success_response(data);
}

Response answer_drops(RouteContext& context, const Request&) {
  std::vector<SourceReading> readings;
  for (SourceState& state : context.controller.state())
    readings.push_back(std::move(state.reading));
  return success_response(drops_json(readings));
}

Response answer_healthy(RouteContext&, const Request&) {
  return success_response({{"healthy", true}});
}

Response answer_ready(RouteContext& context, const Request&) {
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
