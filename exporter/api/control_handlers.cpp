// SPDX-License-Identifier: Apache-2.0
// Answers POST /activate and POST /deactivate with the state after them.
#include <nlohmann/json.hpp>
#include <string>

#include "access/peer_uid.h"
#include "api/handlers.h"
#include "api/status_json.h"
#include "base/log.h"
#include "control/duration.h"
#include "model/source_names.h"

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

// The source that a query names, "" if it names none.
Result<std::string> selector_of(const Query& query) {
  const auto source = query.find("source");
  if (source == query.end()) return std::string();
  // The controller reads an empty selector as the default, but "source=" does not ask for that.
  if (source->second.empty()) return Error{.message = "source: it is " + source_choice()};
  return source->second;
}

Result<Controller::Ttl> ttl_of(const Query& query) {
  const auto text = query.find("ttl");
  if (text == query.end()) return Controller::Ttl();
  const auto ttl = parse_ttl(text->second);
  if (!ttl) return Error{.message = "ttl: " + ttl.error().message};
  return Controller::Ttl(*ttl);
}

// The uid of a process on this machine; a remote peer has none.
std::string uid_text(const Request& request) {
  const Result<uid_t> uid = peer_uid(request.socket);
  return uid ? std::to_string(*uid) : "unknown";
}

// For an operator whose counters do not move: who switched them off.
void log_switch(std::string_view what, const std::string& selector, const Request& request) {
  const LogField fields[] = {
      {.name = "source", .value = selector.empty() ? "default" : selector},
      {.name = "query", .value = std::string(request.query)},
      {.name = "peer", .value = request.is_unix ? "unix" : std::string(request.peer)},
      {.name = "uid", .value = uid_text(request)}};
  log_with_fields(LogLevel::kInfo, std::string(what) + " by POST", fields);
}

}  // namespace

Response answer_activate(Context& context, const Request& request, const Query& query) {
  const Result<std::string> selector = selector_of(query);
  if (!selector) return error_response(400, selector.error().message);
  const Result<Controller::Ttl> ttl = ttl_of(query);
  if (!ttl) return error_response(400, ttl.error().message);

  const auto done = context.controller.activate(*selector, *ttl);
  if (!done) return control_error(done.error());
  log_switch("activated", *selector, request);
  return success_response(state_json(context.controller.state()));
}

Response answer_deactivate(Context& context, const Request& request, const Query& query) {
  const Result<std::string> selector = selector_of(query);
  if (!selector) return error_response(400, selector.error().message);

  const auto done = context.controller.deactivate(*selector);
  if (!done) return control_error(done.error());
  log_switch("deactivated", *selector, request);
  return success_response(state_json(context.controller.state()));
}

}  // namespace packetdrop
