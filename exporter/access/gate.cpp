// SPDX-License-Identifier: Apache-2.0
// The gate in front of all routes: the checks that a request has to pass, in order.
#include "access/gate.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "access/control_policy.h"
#include "access/peer_uid.h"
#include "base/text.h"

namespace packetdrop {
namespace {

// One request at the gate, and what the checks need for it.
struct Visit {
  const Gate::Options& options;
  Authentication& authentication;
  RateLimiter& control_rate;
  const Authentication::State& state;
  const Request& request;
  const Target& target;
};

// The kernel knows the uid of the peer of a Unix socket.
bool has_control_uid(const Visit& visit) {
  if (!visit.request.is_unix) return false;
  const Result<uid_t> uid = peer_uid(visit.request.socket);
  return uid &&
         std::ranges::find(visit.options.control_uids, *uid) != visit.options.control_uids.end();
}

std::optional<Response> check_credentials(const Visit& visit) {
  if (visit.target.open || has_control_uid(visit)) return std::nullopt;
  return visit.authentication.refuse(visit.state, visit.request);
}

// RFC 9110, 9.3.7.
std::optional<Response> check_asterisk(const Visit& visit) {
  if (visit.request.path != "*") return std::nullopt;
  Response response = success_response(nlohmann::json());
  response.headers.emplace_back("Allow", "GET, HEAD, POST");
  return response;
}

std::optional<Response> check_path(const Visit& visit) {
  if (visit.target.exists) return std::nullopt;
  return error_response(404, "no such path: " + std::string(visit.request.path));
}

std::optional<Response> check_method(const Visit& visit) {
  const std::string_view method = visit.request.method;
  const std::string_view allowed = visit.target.methods;
  const bool passes =
      allowed == kWriteMethods ? method == "POST" : method == "GET" || method == "HEAD";
  if (passes) return std::nullopt;
  Response response =
      error_response(405, "use " + std::string(allowed) + " on " + std::string(visit.request.path));
  response.headers.emplace_back("Allow", allowed);
  return response;
}

// A proxy names the client that it acts for.
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
  // Of two headers of one name, a proxy and a browser may each use a different one: trust neither.
  if (request.count("Origin") > 1) caller.origin = "more than one";
  if (request.count("Sec-Fetch-Site") > 1) caller.fetch_site = "more than one";
  caller.forwarded |= std::ranges::any_of(request.headers, is_of_a_proxy);
  return caller;
}

std::optional<Response> check_control_policy(const Visit& visit) {
  const bool authenticated = Authentication::authenticates(visit.state) && !visit.request.is_unix;
  const auto refusal =
      control_refusal(caller_of(visit.request, authenticated), visit.options.control_uids);
  if (!refusal) return std::nullopt;
  return error_response(403, *refusal);
}

std::optional<Response> check_body(const Visit& visit) {
  if (!visit.request.has_body()) return std::nullopt;
  return error_response(413, "no request body belongs here");
}

std::optional<Response> check_control_rate(const Visit& visit) {
  const int per_minute = visit.options.max_control_requests;
  if (visit.target.methods != kWriteMethods || per_minute == 0) return std::nullopt;
  const RateLimit limit{.burst = per_minute,
                        .interval = std::chrono::nanoseconds(std::chrono::minutes(1)) / per_minute};
  if (visit.control_rate.allow(limit)) return std::nullopt;
  Response response = error_response(429, "more than " + std::to_string(per_minute) +
                                              " switches a minute (--web.max-control-requests)");
  response.headers.emplace_back("Retry-After", std::to_string((60 + per_minute - 1) / per_minute));
  return response;
}

using Check = std::optional<Response> (*)(const Visit& visit);

// The order is the security policy: the first check that refuses answers.
constexpr std::array<Check, 7> kChecks = {
    // 429, 401, 503, 403: rate limit, password and client certificate of the web configuration.
    // First, so that an unauthenticated caller learns nothing about paths and methods. Open routes,
    // and Unix sockets whose peer may control, are exempt.
    check_credentials,
    // "OPTIONS *" asks about the server as a whole, so it has no route.
    check_asterisk,
    // 404, whatever the method.
    check_path,
    // 405.
    check_method,
    // 403: the address, the user and the web page that a POST may come from.
    check_control_policy,
    // 413: no route accepts a request body.
    check_body,
    // 429. Last, so that refused requests do not use up the limit of callers who may control.
    check_control_rate,
};

}  // namespace

Gate::Gate(Options options, std::unique_ptr<WebConfigFile> file)
    : options_(std::move(options)), authentication_(std::move(file)) {}

std::optional<Response> Gate::authorize(const Authentication::State& state, const Request& request,
                                        const Target& target) {
  const Visit visit{.options = options_,
                    .authentication = authentication_,
                    .control_rate = control_rate_,
                    .state = state,
                    .request = request,
                    .target = target};
  for (const Check check : kChecks)
    if (auto refusal = check(visit)) return refusal;
  return std::nullopt;
}

}  // namespace packetdrop
