// SPDX-License-Identifier: Apache-2.0
// The exporter's HTTP service: server, gate and routes put together.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/context.h"
#include "api/routes.h"
#include "base/result.h"

namespace packetdrop {

// Serves from start() until it is destroyed, on the server's threads.
class Service {
 public:
  // `controller` must outlive the service. The error names the flag whose value cannot be used.
  static Result<std::unique_ptr<Service>> start(ServerOptions options, Controller& controller,
                                                std::vector<Finding> preflight);

  // Those of Server.
  const std::vector<std::string>& addresses() const { return server_.addresses(); }
  bool uses_tls() const { return server_.uses_tls(); }

 private:
  Service(ServerOptions options, Controller& controller, std::vector<Finding> preflight,
          std::unique_ptr<WebConfigFile> web_config);
  Response answer(const Request& request);
  Response answer(const Authentication::State& state, const Request& request);

  Gate gate_;
  Context context_;
  const std::vector<Route> routes_;
  Server server_;  // last: its destructor waits until no thread uses the others any more
};

}  // namespace packetdrop
