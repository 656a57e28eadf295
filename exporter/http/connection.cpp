// SPDX-License-Identifier: Apache-2.0
// Speaks HTTP/1 on one of civetweb's connections.
#include "http/connection.h"

#include <openssl/err.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <variant>

#include "http/civetweb_connection.h"
#include "web_config/tls_identity.h"

namespace packetdrop {
namespace {

using std::chrono::milliseconds;

constexpr int kTimedOut = -1;  // packetdrop_receive()

// A client that still sends when its connection is closed gets a reset, and may lose the answer.
constexpr std::size_t kUnreadLimit = 64 * 1024;
constexpr auto kUnreadTime = milliseconds(200);

bool is_unix_socket(int socket) {
  int family = AF_UNSPEC;
  socklen_t size = sizeof(family);
  return ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family == AF_UNIX;
}

int milliseconds_until(Connection::Clock::time_point deadline) {
  const auto left = std::chrono::ceil<milliseconds>(deadline - Connection::Clock::now());
  return std::max(static_cast<int>(left.count()), 0);
}

}  // namespace

Connection::Connection(mg_connection* connection, const Handlers& handlers)
    : connection_(connection), handlers_(handlers) {
  int capacity = 0;
  buffer_ = packetdrop_buffer(connection, &capacity);
  capacity_ = std::min(static_cast<std::size_t>(capacity), kMaxHeadSize);
}

void Connection::run() noexcept {
  static constexpr std::string_view kLastResort =
      "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n"
      "Content-Length: 74\r\nConnection: close\r\n\r\n"
      R"({"status":"error","errorType":"internal","error":"internal server error"})"
      "\n";
  try {
    if (packetdrop_wants_tls(connection_) != 0 && !begin_tls()) return;
    while (serve_request()) first_ = false;
  } catch (...) {
    send(kLastResort);  // needs no memory; civetweb, which is C, must not meet an exception
  }
}

// A client that sends HTTP to a TLS address can read a plain answer only.
bool Connection::begin_tls() {
  handlers_.on_step();
  const int wait = static_cast<int>(milliseconds(kRequestTime).count());
  if (packetdrop_wait(connection_, POLLIN, wait) <= 0) return false;
  char first = 0;
  if (::recv(packetdrop_connection_socket(connection_), &first, 1, MSG_PEEK) != 1) return false;
  const bool is_http = first >= 'A' && first <= 'Z';
  if (!is_http) return shake_hands();
  handlers_.on_plain_http(mg_get_request_info(connection_)->remote_addr);
  const Received what = receive_head();
  if (what == Received::kNothing) return false;
  return refuse(400, "client sent an HTTP request to an HTTPS server");
}

// The whole handshake has the time of one request, in any number of pieces.
bool Connection::shake_hands() {
  auto* const tls = static_cast<SSL*>(packetdrop_begin_tls(connection_));
  if (tls == nullptr) return false;
  const auto deadline = Clock::now() + kRequestTime;
  const char* problem = "it took too long, or the server stops";
  while (true) {
    ERR_clear_error();
    const int done = SSL_accept(tls);
    if (done == 1) return true;
    const int wanted = SSL_get_error(tls, done);
    if (wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) {
      problem = ERR_reason_error_string(ERR_peek_error());
      break;
    }
    const int left = milliseconds_until(deadline);
    const short events = wanted == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
    if (left == 0 || packetdrop_wait(connection_, events, left) < 0) break;
  }
  ERR_clear_error();
  spdlog::debug("no TLS with {}: {}", mg_get_request_info(connection_)->remote_addr,
                problem == nullptr ? "the client closed the connection" : problem);
  return false;
}

bool Connection::serve_request() {
  const Received what = receive_head();
  if (what != Received::kHead) return refuse(what);
  const auto parsed =
      parse_head(received().substr(position_.begin, position_.end - position_.begin));
  if (const auto* error = std::get_if<HeadError>(&parsed))
    return refuse(error->status, error->message);
  if (!answer(std::get<RequestHead>(parsed))) return false;
  size_ -= position_.end;
  std::memmove(buffer_, buffer_ + position_.end, size_);
  return true;
}

Connection::Received Connection::receive_head() {
  handlers_.on_step();
  auto deadline = Clock::now() + (first_ ? kRequestTime : kIdleTime);
  bool begun = first_;
  while (true) {
    position_ = find_head(received());
    if (position_.state == HeadPosition::State::kComplete) return Received::kHead;
    if (position_.state == HeadPosition::State::kMalformed) return Received::kMalformed;
    if (size_ == capacity_) return Received::kTooLong;
    if (!begun && size_ > 0) {
      deadline = Clock::now() + kRequestTime;
      begun = true;
    }
    const int size =
        packetdrop_receive(connection_, buffer_ + size_, static_cast<int>(capacity_ - size_),
                           milliseconds_until(deadline));
    if (size > 0)
      size_ += static_cast<std::size_t>(size);
    else if (size != kTimedOut || Clock::now() >= deadline)
      return size_ > position_.begin ? Received::kIncomplete : Received::kNothing;
  }
}

Request Connection::request_of(const RequestHead& head) const {
  const int socket = packetdrop_connection_socket(connection_);
  return {.method = head.method,
          .path = head.path,
          .query = head.query,
          .peer = mg_get_request_info(connection_)->remote_addr,
          .socket = socket,
          .is_unix = is_unix_socket(socket),
          .has_verified_certificate =
              [connection = connection_](const std::shared_ptr<const TlsIdentity>& in_force) {
                return TlsIdentity::has_verified(
                    static_cast<const SSL*>(packetdrop_connection_tls(connection)), in_force);
              },
          .absolute_target = head.absolute_target,
          .headers = head.headers()};
}

// Whether the connection can take another request.
bool Connection::answer(const RequestHead& head) {
  const Request request = request_of(head);
  const Response response = handlers_.answer(request);
  const bool keep_alive = !response.close && !request.has_body() && head.wants_keep_alive();
  const bool sent = send(serialize(response, head.method != "HEAD", keep_alive));
  if (sent && request.has_body()) discard_unread();
  return sent && keep_alive;
}

bool Connection::refuse(Received what) {
  const std::string limit = std::to_string(kMaxHeadSize) + " bytes";
  switch (what) {
    case Received::kTooLong:
      if (received().substr(position_.begin).find('\n') == std::string_view::npos)
        return refuse(414, "a request line of more than " + limit);
      return refuse(431, "a request line and headers of more than " + limit);
    case Received::kMalformed:
      return refuse(400, "a request holds control characters, or lines without CR LF");
    case Received::kIncomplete:
      return refuse(400, "incomplete request");
    case Received::kHead:
    case Received::kNothing:
      break;
  }
  return false;
}

bool Connection::refuse(int status, std::string_view message) {
  Response response = error_response(status, message);
  response.close = true;
  if (send(serialize(response, !is_head_request(received()), false))) discard_unread();
  return false;
}

bool Connection::send(std::string_view bytes) {
  handlers_.on_step();
  const auto deadline = Clock::now() + kAnswerTime;
  while (!bytes.empty()) {
    const int left = milliseconds_until(deadline);
    if (left == 0) return false;
    const int sent =
        packetdrop_send(connection_, bytes.data(), static_cast<int>(bytes.size()), left);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Connection::discard_unread() const {
  const auto deadline = Clock::now() + kUnreadTime;
  const int socket = packetdrop_connection_socket(connection_);
  if (packetdrop_connection_tls(connection_) == nullptr) ::shutdown(socket, SHUT_WR);
  std::array<char, 4096> unread;
  for (std::size_t all = 0; all < kUnreadLimit;) {
    if (packetdrop_wait(connection_, POLLIN, milliseconds_until(deadline)) <= 0) return;
    const ssize_t size = ::recv(socket, unread.data(), unread.size(), MSG_DONTWAIT);
    if (size <= 0) return;
    all += static_cast<std::size_t>(size);
  }
}

}  // namespace packetdrop
