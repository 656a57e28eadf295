// SPDX-License-Identifier: Apache-2.0
// All causes, in the order in which they are run and printed.
#include "provoke/cause.h"

namespace packetdrop::provoke {

std::vector<Cause> all_causes() {
  std::vector<Cause> all;
  for (const auto list :
       {udp_causes(), tcp_causes(), tcp_listener_causes(), icmp_causes(), sctp_causes(),
        ip_causes(), ipv6_causes(), fragment_causes(), forward_causes(), neighbour_causes(),
        netfilter_causes(), traffic_control_causes(), xdp_causes(), arp_causes(), bridge_causes(),
        vxlan_causes(), tap_causes(), device_causes(), socket_causes()})
    all.insert(all.end(), list.begin(), list.end());
  return all;
}

std::string_view to_string(Family family) {
  switch (family) {
    case Family::kIpv4:
      return "ipv4";
    case Family::kIpv6:
      return "ipv6";
    case Family::kArp:
      return "arp";
    case Family::kOther:
      break;
  }
  return "other";
}

std::string full_name(const Cause& cause) {
  return std::string(cause.name) + "_" + std::string(to_string(cause.family));
}

std::ostream& operator<<(std::ostream& out, const Cause& cause) { return out << full_name(cause); }

}  // namespace packetdrop::provoke
