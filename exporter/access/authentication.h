// SPDX-License-Identifier: Apache-2.0
// Applies a web configuration file to requests: who may come in, how often, and with which headers.
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

  // Without a file everybody comes in.
  explicit Authentication(std::unique_ptr<WebConfigFile> file) : file_(std::move(file)) {}

  // What one request goes by, null without a file.
  State state() { return file_ ? file_->current() : nullptr; }

  // Why this request may not come in, or nothing where it may.
  std::optional<Response> refuse(const State& state, const Request& request);

  // For a shutdown: no request waits for its password to be checked any longer.
  void stop() { basic_auth_.stop(); }

  // Whether everybody who is not refused has shown who it is.
  static bool authenticates(const State& state) {
    return state && (!state->config.users.empty() || state->config.verifies_clients());
  }

  // Puts the file's headers in the place of those of the same name.
  static void add_headers(const State& state, Response& response);

  // Nothing without a file.
  std::optional<bool> last_reload_successful() const {
    return file_ ? std::optional(file_->last_reload_successful()) : std::nullopt;
  }

 private:
  std::unique_ptr<WebConfigFile> file_;
  BasicAuth basic_auth_;
  RateLimiter rate_limiter_;
};

}  // namespace packetdrop
