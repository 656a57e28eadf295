// SPDX-License-Identifier: Apache-2.0
// Answers POST /activate and POST /deactivate with the state that they lead to.
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "control/duration.h"
#include "http/handlers.h"
#include "http/query.h"
#include "http/status_json.h"

namespace packetdrop {
namespace {

Response control_error(const ControlError& error) {
  switch (error.kind) {
    case ControlErrorKind::kUnknownSource:
      return error_response(400, "source: " + error.message);
    case ControlErrorKind::kNotOnThisHost:
      return error_response(409, error.message);
    case ControlErrorKind::kNothingAttached:
    case ControlErrorKind::kBusy:
      return error_response(503, error.message);
    case ControlErrorKind::kDeactivateFailed:
      break;
  }
  return error_response(500, error.message);
}

// The source that a query names, "" where it names none.
Result<std::string> selector_of(const Query& query) {
  const auto source = query.find("source");
  if (source == query.end()) return std::string();
  // To the controller an empty selector means the default, which "source=" does not ask for.
  if (source->second.empty()) return Error{.message = "source: it is bpf, kmod or all"};
  return source->second;
}

Result<Controller::Ttl> ttl_of(const Query& query) {
  const auto text = query.find("ttl");
  if (text == query.end()) return Controller::Ttl();
  const auto ttl = parse_ttl(text->second);
  if (!ttl) return Error{.message = "ttl: " + ttl.error().message};
  return Controller::Ttl(*ttl);
}

}  // namespace

Response answer_activate(RouteContext& context, const Request& request) {
  static constexpr std::array<std::string_view, 2> kParameters = {"source", "ttl"};
  const Result<Query> query = parse_query(request.query, kParameters);
  if (!query) return error_response(400, query.error().message);
  const Result<std::string> selector = selector_of(*query);
  if (!selector) return error_response(400, selector.error().message);
  const Result<Controller::Ttl> ttl = ttl_of(*query);
  if (!ttl) return error_response(400, ttl.error().message);

  if (const auto error = context.controller.activate(*selector, *ttl)) return control_error(*error);
  return success_response(state_json(context.controller.state()));
}

Response answer_deactivate(RouteContext& context, const Request& request) {
  static constexpr std::array<std::string_view, 1> kParameters = {"source"};
  const Result<Query> query = parse_query(request.query, kParameters);
  if (!query) return error_response(400, query.error().message);
  const Result<std::string> selector = selector_of(*query);
  if (!selector) return error_response(400, selector.error().message);

  if (const auto error = context.controller.deactivate(*selector)) return control_error(*error);
  return success_response(state_json(context.controller.state()));
}

Response answer_control_is_off(RouteContext&, const Request&) {
  return error_response(404, "the control API is switched off (--web.disable-control-api)");
}

}  // namespace packetdrop
