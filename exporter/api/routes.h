// SPDX-License-Identifier: Apache-2.0
// The route table: every path that is served, who may ask for it, and what answers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "access/gate.h"
#include "api/context.h"
#include "http/message.h"
#include "http/query.h"

namespace packetdrop {

// `query` has parameters of the route's row only, and none for GET.
using Handler = Response (*)(Context& context, const Request& request, const Query& query);

struct Route {
  std::string path;          // matched to the byte, not decoded
  std::string_view methods;  // kReadMethods or kWriteMethods
  Handler handler;
  // What a POST may be given, in the order of the error text; any other parameter is an error. GET
  // ignores its query: Prometheus' `params` and browsers add to it.
  std::span<const std::string_view> parameters = {};
  bool open = false;  // never behind a password or certificate
};

// Every route of a service with these options; no two have the same path.
std::vector<Route> routes(const ServerOptions& options);

}  // namespace packetdrop
