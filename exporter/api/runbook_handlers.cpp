// SPDX-License-Identifier: Apache-2.0
// Answers /runbooks/: the list and each runbook, as a page to browsers and as Markdown to others.
#include <algorithm>
#include <string>

#include "api/handlers.h"
#include "base/text.h"
#include "page/runbooks.h"

namespace packetdrop {
namespace {

constexpr std::string_view kSuffix = ".md";

// RFC 9110, 12.4.2: 1 if the parameters of a media range have no weight; 0 if it is malformed.
double weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view part = next_part(parameters, ';');
    if (!starts_ignoring_case(part, "q=")) continue;
    part.remove_prefix(2);
    return parse_weight(part).value_or(0);
  }
  return 1;
}

// How closely a media range matches plain text; 0: not at all. The closest range counts.
int closeness_to_text(std::string_view range) {
  if (equal_ignoring_case(range, "text/plain")) return 3;
  if (equal_ignoring_case(range, "text/*")) return 2;
  return range == "*/*" ? 1 : 0;
}

// Browsers prefer HTML to anything else; curl and others accept any type.
bool is_browser(const Request& request) {
  const std::string accept = request.list("Accept");
  double html = 0;
  double text = 0;
  int closest = 0;
  for (std::string_view rest = accept; !rest.empty();) {
    std::string_view parameters = next_part(rest, ',');
    const std::string_view range = next_part(parameters, ';');
    const double weight = weight_of(parameters);
    if (equal_ignoring_case(range, "text/html")) html = std::max(html, weight);
    if (const int closeness = closeness_to_text(range); closeness > closest) {
      closest = closeness;
      text = weight;
    }
  }
  return html > 0 && html >= text;
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

Response answer_runbook_index(Context&, const Request& request, const Query&) {
  return by_accept(runbook_index(), request);
}

Response answer_runbook(Context&, const Request& request, const Query&) {
  std::string_view name = request.path.substr(kRunbooksPath.size());
  const bool as_text = name.ends_with(kSuffix);
  if (as_text) name.remove_suffix(kSuffix.size());
  const Runbook* const runbook = find_runbook(name);
  if (runbook == nullptr) return error_response(404, "no such runbook");
  return as_text ? text_response(*runbook) : by_accept(*runbook, request);
}

}  // namespace packetdrop
