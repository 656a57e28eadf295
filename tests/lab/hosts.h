// SPDX-License-Identifier: Apache-2.0
// Two hosts on one cable: namespaces joined by a veth pair.
#pragma once

#include "lab/netns.h"

namespace packetdrop::lab {

// tx0 (02:00:00:00:00:0a) in `sender`, rx0 (02:00:00:00:00:0b) in `receiver`; both up, without an
// address that nobody asked for.
struct Hosts {
  NetNs sender;
  NetNs receiver;

  static Result<Hosts> create(bool with_ipv6);

  // 192.0.2.1 and .2; with `ipv6` also 2001:db8::1 and ::2. Each knows the other's MAC address.
  // Returns once what IPv6 has to say about new addresses is said.
  Result<void> give_addresses(bool ipv6) const;
};

}  // namespace packetdrop::lab
