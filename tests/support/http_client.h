// SPDX-License-Identifier: Apache-2.0
// An HTTP client for tests that can also misbehave: it sends the bytes it is given.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace packetdrop {

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // as sent: not unzipped, but without chunks

  // The first of that name, in any case.
  std::optional<std::string> header(std::string_view name) const;
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// One connection; requests on it reuse it. Every wait ends after the timeout with an error.
class HttpClient {
 public:
  static constexpr std::chrono::milliseconds kTimeout = std::chrono::seconds(20);

  // `address` is "127.0.0.1:80", "[::1]:80" or ":80", which is 127.0.0.1; `own` the IPv4 address
  // that the client has, where it matters.
  static Result<HttpClient> connect(std::string_view address,
                                    std::chrono::milliseconds timeout = kTimeout,
                                    const std::string& own = {});

  // Sends one request with Host, the headers and, where it is not empty, the body with its length.
  Result<HttpResponse> request(std::string_view method, std::string_view target,
                               const HttpHeaders& headers = {}, std::string_view body = {});
  Result<HttpResponse> get(std::string_view target, const HttpHeaders& headers = {}) {
    return request("GET", target, headers);
  }

  Result<void> send(std::string_view bytes);
  // The next response; `has_body` is false after HEAD.
  Result<HttpResponse> receive(bool has_body = true);
  // All that the server still sends until it closes, or until the timeout.
  std::string rest();
  // Whether the server has closed, after at most the timeout. Throws away what it still sends.
  bool is_closed_by_server();

 private:
  HttpClient(UniqueFd fd, std::string host) : fd_(std::move(fd)), host_(std::move(host)) {}
  Result<void> fill();
  Result<std::string> take_until(std::string_view end);
  Result<std::string> take(std::size_t size);
  Result<std::string> take_chunks();
  Result<std::string> take_rest();

  UniqueFd fd_;
  std::string host_;
  std::string buffer_;  // received and not yet taken
};

// One request on a connection of its own.
Result<HttpResponse> http_request(std::string_view address, std::string_view method,
                                  std::string_view target, const HttpHeaders& headers = {},
                                  std::string_view body = {});

}  // namespace packetdrop
