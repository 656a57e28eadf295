// SPDX-License-Identifier: Apache-2.0
// Serves the route table over HTTP.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "control/controller.h"
#include "http/options.h"
#include "model/preflight.h"

namespace packetdrop {

// Listens and answers on threads of its own until destroyed, which waits for requests under way.
class Server {
 public:
  // `controller` must outlive the server. The error names the address that cannot be had.
  static Result<std::unique_ptr<Server>> start(ServerOptions options, Controller& controller,
                                               std::vector<Finding> preflight);
  ~Server();

  // Where it really listens, in the order of the options: "127.0.0.1:41234", ":10942".
  const std::vector<std::string>& addresses() const;
  // On every address but Unix sockets.
  bool uses_tls() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace packetdrop
