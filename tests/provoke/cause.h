// SPDX-License-Identifier: Apache-2.0
// A cause: a way to make a kernel drop exactly as many packets as it is asked to.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "provoke/host.h"

namespace packetdrop::provoke {

// Provokes `count` drops on `host`, which is fresh and goes afterwards with all that is on it. What
// fails is kept by the host. When it returns, nothing is in flight.
using Provoke = void (*)(Host& host, int count);

struct Cause {
  std::string_view name;  // words with _ between them
  Family family;          // of the packets; the host speaks no IPv6 where it is another
  Provoke provoke;
};

// One file for each of these.
std::span<const Cause> arp_causes();
std::span<const Cause> bridge_causes();
std::span<const Cause> device_causes();
std::span<const Cause> forward_causes();
std::span<const Cause> fragment_causes();
std::span<const Cause> icmp_causes();
std::span<const Cause> ip_causes();
std::span<const Cause> ipv6_causes();
std::span<const Cause> neighbour_causes();
std::span<const Cause> netfilter_causes();
std::span<const Cause> sctp_causes();
std::span<const Cause> socket_causes();
std::span<const Cause> tap_causes();
std::span<const Cause> tcp_causes();
std::span<const Cause> tcp_listener_causes();
std::span<const Cause> traffic_control_causes();
std::span<const Cause> udp_causes();
std::span<const Cause> vxlan_causes();
std::span<const Cause> xdp_causes();

std::vector<Cause> all_causes();

// "ipv4", "ipv6", "arp" or "other".
std::string_view to_string(Family family);
// Name and family: "udp_to_a_closed_port_ipv4".
std::string full_name(const Cause& cause);
std::ostream& operator<<(std::ostream& out, const Cause& cause);

}  // namespace packetdrop::provoke
