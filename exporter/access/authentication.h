// SPDX-License-Identifier: Apache-2.0
// Applies a web configuration file to requests: credentials, rate limit and response headers.
#pragma once

#include <memory>
#include <optional>

#include "http/message.h"
#include "web_config/basic_auth.h"
#include "web_config/rate_limiter.h"
#include "web_config/web_config_file.h"

namespace packetdrop {

// Thread-safe.
class Authentication {
 public:
  using State = std::shared_ptr<const WebConfigFile::State>;

  // Without a file (null) every request is allowed.
  explicit Authentication(std::unique_ptr<WebConfigFile> file) : file_(std::move(file)) {}

  // The configuration for one request; null without a file.
  State state() { return file_ ? file_->current() : nullptr; }

  // The answer that refuses this request, or nothing if it is allowed.
  std::optional<Response> refuse(const State& state, const Request& request);

  // For a shutdown: ends the wait of requests whose password is not yet checked.
  void stop() { basic_auth_.stop(); }

  // Whether every request that is not refused comes from an authenticated caller.
  static bool authenticates(const State& state) {
    return state && (!state->config.users.empty() || state->config.verifies_clients());
  }

  // Adds the file's headers; they replace those of the same name.
  static void add_headers(const State& state, Response& response);

  // Empty without a file.
  std::optional<bool> last_reload_successful() const {
    return file_ ? std::optional(file_->last_reload_successful()) : std::nullopt;
  }

 private:
  std::unique_ptr<WebConfigFile> file_;
  BasicAuth basic_auth_;
  RateLimiter rate_limiter_;
};

}  // namespace packetdrop
