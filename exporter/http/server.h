// SPDX-License-Identifier: Apache-2.0
// An HTTP/1 server on TCP and Unix sockets, with civetweb. It knows no path and no policy.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace packetdrop {

class TlsIdentity;

// Listens and answers on threads of its own until it is destroyed, which waits for the requests
// that are being answered.
class Server {
 public:
  // The rooms above the server. Many threads call them at one time; none may throw.
  struct Handlers {
    std::function<Response(const Request&)> answer;
    // The certificate in force, asked at each handshake. Where it is null at the start, the server
    // speaks plain HTTP.
    std::function<std::shared_ptr<const TlsIdentity>()> tls_identity;
    // Called before the destructor waits: end what holds up answers.
    std::function<void()> stop;
  };

  explicit Server(Handlers handlers);
  ~Server();

  // Call it once; nothing is answered before. An address is ":PORT" (IPv4 and IPv6), "HOST:PORT",
  // "[IPV6]:PORT" (port 0 takes a free one) or "unix:/PATH". The error names the address that
  // could not be taken.
  Result<void> listen(const std::vector<std::string>& addresses);

  // Where it really listens, in the order of listen(): "127.0.0.1:41234", ":10942".
  const std::vector<std::string>& addresses() const;
  // On every address but Unix sockets.
  bool uses_tls() const;
  // Connections that were closed without an answer, for lack of a free worker.
  std::uint64_t connections_refused() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace packetdrop
