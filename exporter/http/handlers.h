// SPDX-License-Identifier: Apache-2.0
// The handlers of the route table.
#pragma once

#include "http/routes.h"

namespace packetdrop {

inline constexpr std::string_view kRunbooksPath = "/runbooks/";

Response answer_landing(RouteContext& context, const Request& request);
Response answer_scrape(RouteContext& context, const Request& request);
Response answer_activate(RouteContext& context, const Request& request);
Response answer_deactivate(RouteContext& context, const Request& request);
Response answer_control_is_off(RouteContext& context, const Request& request);
Response answer_status(RouteContext& context, const Request& request);
Response answer_drops(RouteContext& context, const Request& request);
Response answer_runbook_index(RouteContext& context, const Request& request);
Response answer_runbook(RouteContext& context, const Request& request);
Response answer_healthy(RouteContext& context, const Request& request);
Response answer_ready(RouteContext& context, const Request& request);

// A page that takes nothing from elsewhere, runs no script, and that no other page may frame.
Response html_response(std::string html);

}  // namespace packetdrop
