// SPDX-License-Identifier: Apache-2.0
// What the handlers of the routes work with.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "access/authentication.h"
#include "config/options.h"
#include "control/controller.h"
#include "http/server.h"
#include "model/finding.h"

namespace packetdrop {

// Lives as long as the service. Many threads use it at one time.
struct Context {
  const ServerOptions options;
  Controller& controller;
  const std::vector<Finding> preflight;
  Authentication& authentication;
  const Server& server;
  std::atomic<int> scrapes = 0;  // being answered
  std::mutex rendering{};        // held while a scrape is rendered
  std::string rendered{};        // guarded by `rendering`: the last scrape, kept for its memory
};

}  // namespace packetdrop
