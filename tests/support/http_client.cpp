// SPDX-License-Identifier: Apache-2.0
// An HTTP client for tests that can also misbehave: it sends the bytes it is given.
#include "support/http_client.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>

#include "support/timeout.h"

namespace packetdrop {
namespace {

Error malformed(std::string_view what) {
  return {.code = EPROTO, .message = "malformed response: " + std::string(what)};
}

std::optional<std::size_t> parse_number(std::string_view text, int base) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, number, base);
  if (problem != std::errc() || rest != end) return std::nullopt;
  return number;
}

// Fills status and headers from "HTTP/1.1 200 OK\r\nName: value".
bool parse_head(std::string_view head, HttpResponse& response) {
  const std::string_view first = head.substr(0, head.find("\r\n"));
  if (!first.starts_with("HTTP/1.") || first.size() < 12) return false;
  const auto status = parse_number(first.substr(9, 3), 10);
  if (!status) return false;
  response.status = static_cast<int>(*status);
  head.remove_prefix(first.size());
  while (!head.empty()) {
    head.remove_prefix(2);
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size());
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return false;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    response.headers.emplace_back(line.substr(0, colon), value);
  }
  return true;
}

}  // namespace

std::optional<std::string> HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (::strcasecmp(key.c_str(), std::string(name).c_str()) == 0) return value;
  return std::nullopt;
}

Result<HttpClient> HttpClient::connect(std::string_view address, std::chrono::milliseconds timeout,
                                       const std::string& own) {
  const std::size_t colon = address.rfind(':');
  if (colon == address.npos) return system_error(std::string(address), EINVAL);
  const std::string port(address.substr(colon + 1));
  std::string host(address.substr(0, colon));
  if (host.empty()) host = "127.0.0.1";
  const std::string bare = host.front() == '[' ? host.substr(1, host.size() - 2) : host;

  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  if (::getaddrinfo(bare.c_str(), port.c_str(), &hints, &list) != 0)
    return system_error(std::string(address), EADDRNOTAVAIL);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(list, ::freeaddrinfo);

  UniqueFd fd(::socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return system_error("socket", errno);
  timeout = scaled(timeout);
  const timeval limit{.tv_sec = timeout.count() / 1000,
                      .tv_usec = static_cast<suseconds_t>(timeout.count() % 1000 * 1000)};
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (!own.empty()) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    if (::inet_pton(AF_INET, own.c_str(), &from.sin_addr) != 1 ||
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&from), sizeof(from)) != 0)
      return system_error("bind to " + own, errno);
  }
  if (::connect(fd.get(), list->ai_addr, list->ai_addrlen) != 0)
    return system_error("connect to " + std::string(address), errno);
  return HttpClient(std::move(fd), host + ":" + port);
}

Result<HttpResponse> HttpClient::request(std::string_view method, std::string_view target,
                                         const HttpHeaders& headers, std::string_view body) {
  std::string bytes;
  bytes.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  bool has_host = false;
  for (const auto& [name, value] : headers) {
    has_host |= ::strcasecmp(name.c_str(), "Host") == 0;
    bytes.append(name).append(": ").append(value).append("\r\n");
  }
  if (!has_host) bytes.append("Host: ").append(host_).append("\r\n");
  if (!body.empty()) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  bytes.append("\r\n").append(body);
  if (const Result<void> sent = send(bytes); !sent) return sent.error();
  return receive(method != "HEAD");
}

Result<void> HttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return system_error("send", errno);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<HttpResponse> HttpClient::receive(bool has_body) {
  const Result<std::string> head = take_until("\r\n\r\n");
  if (!head) return head.error();
  HttpResponse response;
  if (!parse_head(*head, response)) return malformed(*head);
  if (!has_body || response.status == 204 || response.status == 304) return response;

  const auto length = response.header("Content-Length");
  const auto coding = response.header("Transfer-Encoding");
  const auto size = parse_number(length.value_or("0"), 10);
  if (!size) return malformed("Content-Length: " + *length);
  Result<std::string> body = coding ? take_chunks() : length ? take(*size) : take_rest();
  if (!body) return body.error();
  response.body = *std::move(body);
  return response;
}

bool HttpClient::is_closed_by_server() {
  while (true) {
    buffer_.clear();
    if (const Result<void> more = fill(); !more)
      return more.error().code != EAGAIN && more.error().code != EWOULDBLOCK;
  }
}

std::string HttpClient::rest() {
  while (fill()) {
  }
  return std::exchange(buffer_, {});
}

Result<void> HttpClient::fill() {
  std::array<char, 16384> chunk;
  const ssize_t size = ::recv(fd_.get(), chunk.data(), chunk.size(), 0);
  if (size < 0) return system_error("recv", errno);
  if (size == 0) return system_error("the server closed the connection", ECONNRESET);
  buffer_.append(chunk.data(), static_cast<std::size_t>(size));
  return {};
}

Result<std::string> HttpClient::take_until(std::string_view end) {
  std::size_t at = 0;
  while ((at = buffer_.find(end)) == buffer_.npos)
    if (const Result<void> more = fill(); !more) return more.error();
  std::string text = buffer_.substr(0, at);
  buffer_.erase(0, at + end.size());
  return text;
}

Result<std::string> HttpClient::take(std::size_t size) {
  while (buffer_.size() < size)
    if (const Result<void> more = fill(); !more) return more.error();
  std::string text = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return text;
}

Result<std::string> HttpClient::take_chunks() {
  std::string body;
  while (true) {
    const Result<std::string> line = take_until("\r\n");
    if (!line) return line.error();
    const auto size = parse_number(std::string_view(*line).substr(0, line->find(';')), 16);
    if (!size) return malformed("chunk " + *line);
    const Result<std::string> chunk = take(*size);
    if (!chunk) return chunk.error();
    if (const Result<std::string> end = take_until("\r\n"); !end) return end.error();
    if (*size == 0) return body;
    body += *chunk;
  }
}

Result<std::string> HttpClient::take_rest() {
  while (true)
    if (const Result<void> more = fill(); !more) {
      if (more.error().code != ECONNRESET) return more.error();
      return std::exchange(buffer_, {});
    }
}

Result<HttpResponse> http_request(std::string_view address, std::string_view method,
                                  std::string_view target, const HttpHeaders& headers,
                                  std::string_view body) {
  Result<HttpClient> client = HttpClient::connect(address);
  if (!client) return client.error();
  return client->request(method, target, headers, body);
}

}  // namespace packetdrop
