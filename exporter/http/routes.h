// SPDX-License-Identifier: Apache-2.0
// The route table: which handler answers which path and method.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <vector>

#include "control/controller.h"
#include "http/message.h"
#include "http/options.h"
#include "model/preflight.h"

namespace packetdrop {

// What handlers work with; lives as long as the server.
struct RouteContext {
  const ServerOptions options;
  Controller& controller;
  const std::vector<Finding> preflight;
  std::atomic<int> scrapes = 0;  // under way
};

using Handler = Response (*)(RouteContext& context, const Request& request);

struct Route {
  std::string path;
  std::string_view allow;  // the Allow header: "GET, HEAD" or "POST"
  Handler handler;
};

// Answers one request. Thread-safe.
class Router {
 public:
  Router(ServerOptions options, Controller& controller, std::vector<Finding> preflight);
  Response answer(const Request& request);

 private:
  RouteContext context_;
  std::vector<Route> routes_;
};

}  // namespace packetdrop
