// SPDX-License-Identifier: Apache-2.0
// Network namespaces of the tests' own, and things done inside them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace packetdrop::lab {

// A network namespace that goes, with all that is in it, when the last descriptor is closed.
class NetNs {
 public:
  static Result<NetNs> create();
  // One in which nothing speaks on its own: no neighbour discovery, no multicast reports.
  static Result<NetNs> create_without_ipv6();

  // A path that iproute2 takes as a namespace; good while this object lives.
  std::string path() const;

  // Runs `work` on a thread that is inside the namespace, and waits for it.
  void run(const std::function<void()>& work) const;

  // One iproute2 command inside: "link set lo up".
  Result<void> ip(const std::string& arguments) const;

  // Waits until a device that is up has seen its peer, at most 5 s. The kernel notices a carrier
  // some time after the peer is up, and drops what is sent before.
  Result<void> await_carrier(const std::string& device) const;

  // Writes a sysctl of this namespace: ("net.ipv6.conf.all.disable_ipv6", "1").
  Result<void> sysctl(const std::string& name, const std::string& value) const;

 private:
  explicit NetNs(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace packetdrop::lab
