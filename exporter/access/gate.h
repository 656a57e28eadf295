// SPDX-License-Identifier: Apache-2.0
// The gate in front of all routes: the checks that a request has to pass, in order.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "access/authentication.h"
#include "http/message.h"
#include "web_config/rate_limiter.h"

namespace packetdrop {

inline constexpr std::string_view kReadMethods = "GET, HEAD";
inline constexpr std::string_view kWriteMethods = "POST";

// What the gate knows of the route that a request names.
struct Target {
  bool exists = false;            // false: no route has this path
  std::string_view methods = {};  // kReadMethods or kWriteMethods, as the Allow header has them
  bool open = false;              // never behind a password or certificate
};

// Thread-safe.
class Gate {
 public:
  struct Options {
    std::vector<uid_t> control_uids;  // may POST from this machine
    int max_control_requests = 60;    // POSTs per minute; 0: no limit
  };

  // Without a web configuration file (null) everyone may read.
  Gate(Options options, std::unique_ptr<WebConfigFile> file);

  // The answer of the first check that refuses the request; nothing if all checks pass. `state` is
  // what state() returned when the request arrived.
  std::optional<Response> authorize(const Authentication::State& state, const Request& request,
                                    const Target& target);

  Authentication& authentication() { return authentication_; }

 private:
  const Options options_;
  Authentication authentication_;
  RateLimiter control_rate_;
};

}  // namespace packetdrop
