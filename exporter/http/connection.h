// SPDX-License-Identifier: Apache-2.0
// Speaks HTTP/1 on one of civetweb's connections. Only this room decides what is a request and
// where it ends.
#pragma once

#include <civetweb.h>

#include <chrono>
#include <functional>
#include <string_view>

#include "http/message.h"
#include "http/request_head.h"

namespace packetdrop {

// How long a client may take.
constexpr auto kRequestTime = std::chrono::seconds(10);  // for one head, from its first byte
constexpr auto kIdleTime =
    std::chrono::seconds(75);  // between two; above the usual scrape intervals
constexpr auto kAnswerTime = std::chrono::seconds(30);  // to take one answer

// Serves one connection, on the thread that calls run(). If bytes of a request stay unread, the
// connection ends: they would be read as the next request.
class Connection {
 public:
  using Clock = std::chrono::steady_clock;

  struct Handlers {
    std::function<Response(const Request&)> answer;
    std::function<void()> on_step;  // before a handshake, a request, an answer
    std::function<void(std::string_view peer)> on_plain_http;  // where TLS is spoken
  };

  // `connection` and `handlers` must outlive it.
  Connection(mg_connection* connection, const Handlers& handlers);

  // Returns when the connection is to be closed.
  void run() noexcept;

 private:
  enum class Received { kHead, kMalformed, kIncomplete, kTooLong, kNothing };

  bool begin_tls();
  bool shake_hands();
  bool serve_request();
  Received receive_head();
  bool answer(const RequestHead& head);
  bool refuse(Received what);
  bool refuse(int status, std::string_view message);
  bool send(std::string_view bytes);
  Request request_of(const RequestHead& head) const;
  void discard_unread() const;
  std::string_view received() const { return {buffer_, size_}; }

  mg_connection* const connection_;
  const Handlers& handlers_;
  char* buffer_;
  std::size_t capacity_;
  std::size_t size_ = 0;   // of what is in `buffer_`
  HeadPosition position_;  // of the current head in it
  bool first_ = true;      // request of this connection
};

}  // namespace packetdrop
