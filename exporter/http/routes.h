// SPDX-License-Identifier: Apache-2.0
// The route table: which handler answers which path and method.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "control/controller.h"
#include "http/admission.h"
#include "http/message.h"
#include "http/options.h"
#include "http/web_access.h"
#include "model/preflight.h"
#include "web_config/rate_limiter.h"

namespace packetdrop {

// What handlers work with; lives as long as the server.
struct RouteContext {
  const ServerOptions options;
  Controller& controller;
  const std::vector<Finding> preflight;
  WebAccess web_access;
  const Admission& admission;
  RateLimiter control_rate = {};
  std::atomic<int> scrapes = 0;  // under way
  std::mutex rendering{};        // held while a scrape is rendered
  std::string rendered{};        // guarded by `rendering`: the last one's text, kept for its memory
};

using Handler = Response (*)(RouteContext& context, const Request& request);

struct Route {
  std::string path;
  std::string_view allow;  // the Allow header: "GET, HEAD" or "POST"
  Handler handler;
  bool open = false;  // never behind a password or certificate
};

// Answers one request. Thread-safe.
class Router {
 public:
  // `web_config` may be null; `admission` must outlive it.
  Router(ServerOptions options, Controller& controller, std::vector<Finding> preflight,
         std::unique_ptr<WebConfigFile> web_config, const Admission& admission);
  Response answer(const Request& request);
  WebAccess& web_access() { return context_.web_access; }

 private:
  Response answer(const WebAccess::State& state, const Request& request);
  bool has_control_uid(const Request& request) const;
  bool may_control_now();
  Response too_many_control_requests() const;

  RouteContext context_;
  std::vector<Route> routes_;
};

}  // namespace packetdrop
