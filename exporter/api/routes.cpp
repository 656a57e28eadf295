// SPDX-License-Identifier: Apache-2.0
// The route table: every path that is served, who may ask for it, and what answers.
#include "api/routes.h"

#include <array>

#include "api/handlers.h"
#include "page/runbooks.h"

namespace packetdrop {
namespace {

constexpr std::array<std::string_view, 2> kActivate = {"source", "ttl"};
constexpr std::array<std::string_view, 1> kDeactivate = {"source"};

}  // namespace

std::vector<Route> routes(const ServerOptions& options) {
  std::vector<Route> rows = {
      {options.telemetry_path, kReadMethods, answer_scrape},
      {"/", kReadMethods, answer_landing},
      {"/activate", kWriteMethods, answer_activate, kActivate},
      {"/deactivate", kWriteMethods, answer_deactivate, kDeactivate},
      {"/api/v1/status", kReadMethods, answer_status},
      {"/api/v1/drops", kReadMethods, answer_drops},
      {.path = "/-/healthy", .methods = kReadMethods, .handler = answer_healthy, .open = true},
      {.path = "/-/ready", .methods = kReadMethods, .handler = answer_ready, .open = true},
      {"/runbooks", kReadMethods, answer_runbook_index},
      {std::string(kRunbooksPath), kReadMethods, answer_runbook_index},
  };
  for (const Runbook& runbook : runbooks())
    for (const std::string_view suffix : {"", ".md"})
      rows.push_back({std::string(kRunbooksPath).append(runbook.name).append(suffix), kReadMethods,
                      answer_runbook});
  return rows;
}

}  // namespace packetdrop
