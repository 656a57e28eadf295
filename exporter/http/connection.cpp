// SPDX-License-Identifier: Apache-2.0
// Translates between civetweb's connections and our requests and responses.
#include "http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <string>

#include "http/civetweb_connection.h"
#include "web_config/tls_identity.h"

namespace packetdrop {
namespace {

std::string_view view(const char* text) { return text ? text : std::string_view(); }

bool is_unix_socket(int socket) {
  int family = AF_UNSPEC;
  socklen_t size = sizeof(family);
  return ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family == AF_UNIX;
}

std::string_view without_trailing_space(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t");
  return text.substr(0, last == text.npos ? 0 : last + 1);
}

}  // namespace

ParsedRequest::ParsedRequest(const mg_connection* connection) {
  const mg_request_info* const info = mg_get_request_info(connection);
  if (!info) return;
  const std::string_view target = view(info->request_uri);
  version_ = view(info->http_version);
  request_.method = view(info->request_method);
  request_.query = view(info->query_string);
  request_.peer = info->remote_addr;
  request_.socket = packetdrop_connection_socket(connection);
  request_.is_unix = is_unix_socket(request_.socket);
  request_.has_verified_certificate =
      TlsIdentity::has_verified(static_cast<const SSL*>(packetdrop_connection_tls(connection)));
  request_.absolute_target = !target.starts_with('/');
  const bool known =
      request_.method == "GET" || request_.method == "HEAD" || request_.method == "POST";
  unknown_method_ = !known && info->num_headers == 0 && target.starts_with('/') &&
                    (version_ == "1.0" || version_ == "1.1");
  // local_uri_raw is from an older request where civetweb did not come as far as that.
  request_.path = unknown_method_ ? target.substr(0, target.find('?')) : view(info->local_uri_raw);

  std::size_t count = 0;
  for (int i = 0; i < info->num_headers; i++)
    headers_[count++] = {view(info->http_headers[i].name),
                         without_trailing_space(view(info->http_headers[i].value))};
  request_.headers = std::span(headers_).first(count);
}

bool ParsedRequest::wants_keep_alive() const {
  // As civetweb itself decides.
  const auto connection = request_.header("Connection");
  if (!connection) return version_ == "1.1";
  std::string_view rest = *connection;
  while (!rest.empty()) {
    std::string_view option = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), option.size() + 1));
    option.remove_prefix(std::min(option.size(), option.find_first_not_of(" \t")));
    if (equal_ignoring_case(without_trailing_space(option), "keep-alive")) return true;
  }
  return false;
}

int send(mg_connection* connection, const Response& response, const ParsedRequest& parsed) {
  const bool keep_alive = !response.close && parsed.wants_keep_alive();
  const std::string bytes = serialize(response, parsed.request().method != "HEAD", keep_alive);
  const int written = mg_write(connection, bytes.data(), bytes.size());
  if (!keep_alive || written != static_cast<int>(bytes.size())) mg_disable_keep_alive(connection);
  return response.status;
}

int send_last_resort(mg_connection* connection) noexcept {
  static constexpr std::string_view kBytes =
      "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
      "Content-Length: 74\r\nConnection: close\r\n\r\n"
      R"({"status":"error","errorType":"internal","error":"internal server error"})"
      "\n";
  mg_write(connection, kBytes.data(), kBytes.size());
  mg_disable_keep_alive(connection);
  return 500;
}

}  // namespace packetdrop
