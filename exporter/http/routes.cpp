// SPDX-License-Identifier: Apache-2.0
// The route table: which handler answers which path and method.
#include "http/routes.h"

#include <algorithm>
#include <utility>

#include "http/access.h"
#include "http/handlers.h"

namespace packetdrop {
namespace {

constexpr std::string_view kRead = "GET, HEAD";
constexpr std::string_view kWrite = "POST";

std::vector<Route> make_routes(const ServerOptions& options) {
  const Handler activate = options.control_api ? answer_activate : answer_control_is_off;
  const Handler deactivate = options.control_api ? answer_deactivate : answer_control_is_off;
  return {
      {options.telemetry_path, kRead, answer_scrape},
      {"/", kRead, answer_landing},
      {"/activate", kWrite, activate},
      {"/deactivate", kWrite, deactivate},
      {"/api/v1/status", kRead, answer_status},
      {"/api/v1/drops", kRead, answer_drops},
      {"/-/healthy", kRead, answer_healthy},
      {"/-/ready", kRead, answer_ready},
  };
}

bool is_allowed(const Route& route, std::string_view method) {
  return route.allow == kWrite ? method == "POST" : method == "GET" || method == "HEAD";
}

Response method_not_allowed(const Route& route) {
  Response response = error_response(405, "use " + std::string(route.allow) + " on " + route.path);
  response.headers.emplace_back("Allow", route.allow);
  return response;
}

Caller caller_of(const Request& request) {
  Caller caller{.method = request.method,
                .peer = request.peer,
                .host = request.header("Host"),
                .origin = request.header("Origin"),
                .forwarded = request.absolute_target};
  if (request.count("Host") != 1) caller.host.reset();
  for (const std::string_view name :
       {"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port",
        "X-Forwarded-Server", "X-Real-IP", "Via"})
    caller.forwarded |= request.header(name).has_value();
  return caller;
}

}  // namespace

Router::Router(ServerOptions options, Controller& controller, std::vector<Finding> preflight)
    : context_{.options = std::move(options),
               .controller = controller,
               .preflight = std::move(preflight)},
      routes_(make_routes(context_.options)) {}

Response Router::answer(const Request& request) {
  const auto route = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const Route& row) { return row.path == request.path; });
  if (route == routes_.end())
    return error_response(404, "no such path: " + std::string(request.path));
  if (!is_allowed(*route, request.method)) return method_not_allowed(*route);
  if (const auto refusal = access_refusal(caller_of(request))) return error_response(403, *refusal);
  if (request.has_body()) return error_response(413, "no request body belongs here");
  return route->handler(context_, request);
}

}  // namespace packetdrop
