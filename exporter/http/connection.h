// SPDX-License-Identifier: Apache-2.0
// Translates between civetweb's connections and our requests and responses.
#pragma once

#include <civetweb.h>

#include <array>
#include <span>
#include <string_view>

#include "http/message.h"

namespace packetdrop {

// What civetweb parsed of a request, as far as it came. Points into the connection's buffer.
class ParsedRequest {
 public:
  explicit ParsedRequest(const mg_connection* connection);

  const Request& request() const { return request_; }
  // Whether the client will send its next request on this connection.
  bool wants_keep_alive() const;
  // civetweb stops parsing where its table is full: what is beyond cannot be judged.
  bool too_many_headers() const { return request_.headers.size() >= headers_.size(); }
  // civetweb stopped at the method, and what it found before is there.
  bool has_unknown_method() const { return unknown_method_; }

 private:
  std::array<Header, MG_MAX_HEADERS> headers_;
  Request request_;
  std::string_view version_;
  bool unknown_method_ = false;
};

// Writes the response at once and ends the connection where it must; returns the status.
int send(mg_connection* connection, const Response& response, const ParsedRequest& parsed);

// Ends the connection with a 500 that needs no memory; returns the status.
int send_last_resort(mg_connection* connection) noexcept;

// Runs `answer`, which returns a status; an exception must not reach civetweb, which is C.
template <typename Answer>
int answer_safely(mg_connection* connection, Answer answer) noexcept {
  try {
    return answer();
  } catch (...) {
    return send_last_resort(connection);
  }
}

}  // namespace packetdrop
