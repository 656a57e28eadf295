// SPDX-License-Identifier: Apache-2.0
// Answers /runbooks/: a list, each runbook as a page, and each as the Markdown that it is.
#include "http/handlers.h"
#include "http/runbooks.h"

namespace packetdrop {

Response answer_runbook_index(RouteContext&, const Request&) {
  return html_response(render_runbook_index());
}

Response answer_runbook(RouteContext&, const Request& request) {
  std::string_view name = request.path.substr(kRunbooksPath.size());
  const bool as_text = name.ends_with(".md");
  if (as_text) name.remove_suffix(3);
  const Runbook* const runbook = find_runbook(name);
  if (runbook == nullptr) return error_response(404, "no such runbook");
  if (as_text)
    return {.content_type = "text/plain; charset=utf-8", .body = std::string(runbook->text)};
  return html_response(render_runbook(*runbook));
}

}  // namespace packetdrop
