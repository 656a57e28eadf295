// SPDX-License-Identifier: Apache-2.0
// Answers /runbooks/: the list and each runbook, as a page to browsers and as Markdown to others.
#include "http/handlers.h"
#include "http/runbooks.h"

namespace packetdrop {
namespace {

constexpr std::string_view kSuffix = ".md";

// Browsers name it; curl and others take whatever comes.
bool is_browser(const Request& request) {
  return request.header("Accept").value_or("").find("text/html") != std::string_view::npos;
}

Response text_response(const Runbook& runbook) {
  return {.content_type = "text/plain; charset=utf-8", .body = std::string(runbook.text)};
}

Response by_accept(const Runbook& runbook, const Request& request) {
  Response response =
      is_browser(request) ? html_response(render_runbook(runbook)) : text_response(runbook);
  response.headers.emplace_back("Vary", "Accept");
  return response;
}

}  // namespace

Response answer_runbook_index(RouteContext&, const Request& request) {
  return by_accept(runbook_index(), request);
}

Response answer_runbook(RouteContext&, const Request& request) {
  std::string_view name = request.path.substr(kRunbooksPath.size());
  const bool as_text = name.ends_with(kSuffix);
  if (as_text) name.remove_suffix(kSuffix.size());
  const Runbook* const runbook = find_runbook(name);
  if (runbook == nullptr) return error_response(404, "no such runbook");
  return as_text ? text_response(*runbook) : by_accept(*runbook, request);
}

}  // namespace packetdrop
