// SPDX-License-Identifier: Apache-2.0
// Requests and responses as the handlers see them, without the HTTP library.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace packetdrop {

class TlsIdentity;

struct Header {
  std::string_view name;
  std::string_view value;
};

// Points into the connection's buffer: valid while the request is being answered.
struct Request {
  std::string_view method = {};
  std::string_view path = {};  // as it was sent, not decoded
  std::string_view query = {};
  std::string_view peer = {};  // the socket's, as an IP literal
  int socket = -1;             // the connection's, to look up its peer
  bool is_unix = false;        // came by a Unix socket
  // TlsIdentity::has_verified() of its connection. May be empty, for one that has no TLS.
  std::function<bool(const std::shared_ptr<const TlsIdentity>& in_force)> has_verified_certificate =
      {};
  bool absolute_target = false;  // "GET http://host/path", as one speaks to a proxy
  std::span<const Header> headers = {};

  // The first of that name, in any case.
  std::optional<std::string_view> header(std::string_view name) const;
  // RFC 9110, 5.3: the values of all headers of that name, with commas between them.
  std::string list(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  bool has_body() const;
};

struct Response {
  int status = 200;
  std::string_view content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string_view, std::string>> headers = {};  // beyond the usual ones
  bool close = false;  // the connection cannot be used again
};

// {"status":"success","data":…}
Response success_response(const nlohmann::json& data);

// {"status":"error","errorType":…,"error":…}, the type by status.
Response error_response(int status, std::string_view message);

// Head and body as they go over the wire; `with_body` is false for HEAD.
std::string serialize(const Response& response, bool with_body, bool keep_alive);

}  // namespace packetdrop
