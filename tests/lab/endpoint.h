// SPDX-License-Identifier: Apache-2.0
// Address and port of either family, as the socket calls want them.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <string>

namespace packetdrop::lab {

class Endpoint {
 public:
  // `address`: an IP literal; with a colon it is IPv6.
  Endpoint(const std::string& address, std::uint16_t port)
      : is_ipv6_(address.find(':') != std::string::npos) {
    to6_.sin6_family = AF_INET6;
    to6_.sin6_port = htons(port);
    to4_.sin_family = AF_INET;
    to4_.sin_port = htons(port);
    inet_pton(family(), address.c_str(),
              is_ipv6_ ? static_cast<void*>(&to6_.sin6_addr) : &to4_.sin_addr);
  }

  int family() const { return is_ipv6_ ? AF_INET6 : AF_INET; }
  const sockaddr* get() const {
    return is_ipv6_ ? reinterpret_cast<const sockaddr*>(&to6_)
                    : reinterpret_cast<const sockaddr*>(&to4_);
  }
  socklen_t size() const { return is_ipv6_ ? sizeof(to6_) : sizeof(to4_); }

 private:
  bool is_ipv6_;
  sockaddr_in6 to6_{};
  sockaddr_in to4_{};
};

}  // namespace packetdrop::lab
