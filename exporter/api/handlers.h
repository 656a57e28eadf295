// SPDX-License-Identifier: Apache-2.0
// The handlers of the route table.
#pragma once

#include "api/routes.h"

namespace packetdrop {

inline constexpr std::string_view kRunbooksPath = "/runbooks/";

Response answer_landing(Context& context, const Request& request, const Query& query);
Response answer_scrape(Context& context, const Request& request, const Query& query);
Response answer_activate(Context& context, const Request& request, const Query& query);
Response answer_deactivate(Context& context, const Request& request, const Query& query);
Response answer_status(Context& context, const Request& request, const Query& query);
Response answer_drops(Context& context, const Request& request, const Query& query);
Response answer_runbook_index(Context& context, const Request& request, const Query& query);
Response answer_runbook(Context& context, const Request& request, const Query& query);
Response answer_healthy(Context& context, const Request& request, const Query& query);
Response answer_ready(Context& context, const Request& request, const Query& query);

// A page that loads nothing from elsewhere and runs no script. No other page may frame it.
Response html_response(std::string html);

}  // namespace packetdrop
