// SPDX-License-Identifier: Apache-2.0
// The few settings that every host needs, without a process for each: rtnetlink(7) in short.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "lab/frame.h"

namespace packetdrop::provoke {

// In the namespace of the calling thread.
class RouteNetlink {
 public:
  static Result<RouteNetlink> open();

  // Up; a MAC address where one is given. `more_flags` of net_device_flags, IFF_NOARP for one.
  Result<void> set_up(const std::string& device, const lab::Bytes& mac = {},
                      unsigned more_flags = 0);
  // "192.0.2.2", 24; an IPv6 address is taken as unique without asking anybody.
  Result<void> add_address(const std::string& device, const std::string& address, int prefix);
  // A neighbour that stays.
  Result<void> add_neighbour(const std::string& device, const std::string& address,
                             const lab::Bytes& mac);

 private:
  explicit RouteNetlink(UniqueFd fd) : fd_(std::move(fd)) {}
  Result<void> request(std::uint16_t type, const lab::Bytes& body, const std::string& what);

  UniqueFd fd_;
};

}  // namespace packetdrop::provoke
