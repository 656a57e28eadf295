// SPDX-License-Identifier: Apache-2.0
// The route table: which handler answers which path and method.
#include "http/routes.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "http/access.h"
#include "http/handlers.h"
#include "http/peer_uid.h"
#include "http/runbooks.h"

namespace packetdrop {
namespace {

constexpr std::string_view kRead = "GET, HEAD";
constexpr std::string_view kWrite = "POST";

std::vector<Route> make_routes(const ServerOptions& options) {
  const Handler activate = options.control_api ? answer_activate : answer_control_is_off;
  const Handler deactivate = options.control_api ? answer_deactivate : answer_control_is_off;
  std::vector<Route> routes = {
      {options.telemetry_path, kRead, answer_scrape},
      {"/", kRead, answer_landing},
      {"/activate", kWrite, activate},
      {"/deactivate", kWrite, deactivate},
      {"/api/v1/status", kRead, answer_status},
      {"/api/v1/drops", kRead, answer_drops},
      {"/-/healthy", kRead, answer_healthy, true},
      {"/-/ready", kRead, answer_ready, true},
      {std::string(kRunbooksPath), kRead, answer_runbook_index},
      {"/runbooks", kRead, answer_runbook_index},
  };
  for (const Runbook& runbook : runbooks())
    for (const std::string_view suffix : {"", ".md"})
      routes.push_back(
          {std::string(kRunbooksPath).append(runbook.name).append(suffix), kRead, answer_runbook});
  return routes;
}

bool is_allowed(const Route& route, std::string_view method) {
  return route.allow == kWrite ? method == "POST" : method == "GET" || method == "HEAD";
}

Response method_not_allowed(const Route& route) {
  Response response = error_response(405, "use " + std::string(route.allow) + " on " + route.path);
  response.headers.emplace_back("Allow", route.allow);
  return response;
}

// "OPTIONS *" asks about the server as a whole (RFC 9110, 9.3.7).
Response options_of_server() {
  Response response = success_response(nlohmann::json());
  response.headers.emplace_back("Allow", "GET, HEAD, POST");
  return response;
}

// What proxies say of the client that they speak for.
bool is_of_a_proxy(const Header& header) {
  if (starts_ignoring_case(header.name, "X-Forwarded-")) return true;
  return std::ranges::any_of(std::array<std::string_view, 3>{"Forwarded", "X-Real-IP", "Via"},
                             [&](auto name) { return equal_ignoring_case(header.name, name); });
}

Caller caller_of(const Request& request, bool authenticated) {
  Caller caller{.method = request.method,
                .peer = request.peer,
                .host = request.header("Host"),
                .origin = request.header("Origin"),
                .fetch_site = request.header("Sec-Fetch-Site"),
                .forwarded = request.absolute_target,
                .is_unix = request.is_unix,
                .authenticated = authenticated,
                .uid = [socket = request.socket] { return peer_uid(socket); }};
  if (request.count("Host") != 1) caller.host.reset();
  // Which of two would a proxy or a browser have meant? Neither is ours.
  if (request.count("Origin") > 1) caller.origin = "more than one";
  if (request.count("Sec-Fetch-Site") > 1) caller.fetch_site = "more than one";
  caller.forwarded |= std::ranges::any_of(request.headers, is_of_a_proxy);
  return caller;
}

}  // namespace

Router::Router(ServerOptions options, Controller& controller, std::vector<Finding> preflight,
               std::unique_ptr<WebConfigFile> web_config, const Admission& admission)
    : context_{.options = std::move(options),
               .controller = controller,
               .preflight = std::move(preflight),
               .web_access = WebAccess(std::move(web_config)),
               .admission = admission},
      routes_(make_routes(context_.options)) {}

Response Router::answer(const Request& request) {
  const WebAccess::State state = context_.web_access.state();
  Response response = answer(state, request);
  WebAccess::add_headers(state, response);
  return response;
}

// Who may control and comes by a Unix socket needs no password: the kernel says who it is.
bool Router::has_control_uid(const Request& request) const {
  if (!request.is_unix) return false;
  const Result<uid_t> uid = peer_uid(request.socket);
  return uid && std::ranges::find(context_.options.control_uids, *uid) !=
                    context_.options.control_uids.end();
}

// Asked of those only who may control: nobody else uses up what is theirs.
bool Router::may_control_now() {
  const int each_minute = context_.options.max_control_requests;
  if (each_minute == 0) return true;
  return context_.control_rate.allow(
      {.burst = each_minute,
       .interval = std::chrono::nanoseconds(std::chrono::minutes(1)) / each_minute});
}

Response Router::too_many_control_requests() const {
  const int each_minute = context_.options.max_control_requests;
  Response response = error_response(429, "more than " + std::to_string(each_minute) +
                                              " switches a minute (--web.max-control-requests)");
  response.headers.emplace_back("Retry-After",
                                std::to_string((60 + each_minute - 1) / each_minute));
  return response;
}

Response Router::answer(const WebAccess::State& state, const Request& request) {
  const auto route = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const Route& row) { return row.path == request.path; });
  const bool known = route != routes_.end();
  if (!(known && route->open) && !has_control_uid(request))
    if (auto refusal = context_.web_access.refuse(state, request)) return *std::move(refusal);
  if (request.path == "*") return options_of_server();
  if (!known) return error_response(404, "no such path: " + std::string(request.path));
  if (!is_allowed(*route, request.method)) return method_not_allowed(*route);
  const bool authenticated = WebAccess::authenticates(state) && !request.is_unix;
  if (const auto refusal =
          access_refusal(caller_of(request, authenticated), context_.options.control_uids))
    return error_response(403, *refusal);
  if (request.has_body()) return error_response(413, "no request body belongs here");
  if (route->allow == kWrite && !may_control_now()) return too_many_control_requests();
  return route->handler(context_, request);
}

}  // namespace packetdrop
