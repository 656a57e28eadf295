// SPDX-License-Identifier: Apache-2.0
// What a router refuses.
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

Bytes to_far(Host& host) { return to(datagram(host.family()), host.far()); }

void no_route(Host& host, int count) {
  host.forward();
  host.write(to(datagram(host.family()), host.is_ipv6() ? "2001:db8:2::9" : "203.0.113.9"), count);
}

void too_many_hops(Host& host, int count) {
  host.forward();
  const Bytes frame = to_far(host);
  host.write(host.is_ipv6() ? with(frame, kIp + 7, {1}) : seal(with(frame, kIp + 8, {1})), count);
}

// With DF on IPv4, as IPv6 has it always.
void beyond_the_next_mtu(Host& host, int count) {
  host.forward();
  host.ip({"link set tap1 mtu 1280"});
  const Bytes frame = to(packet(host.family(), kUdp, lab::udp(1400)), host.far());
  host.write(host.is_ipv6() ? frame : seal(with(frame, kIp + 6, {0x40})), count);
}

void into(Host& host, const std::string& type, int count) {
  host.forward();
  host.ip({"route add " + type + " " + host.far() + (host.is_ipv6() ? "/128" : "/32")});
  host.write(to_far(host), count);
}
void into_blackhole(Host& host, int count) { into(host, "blackhole", count); }
void into_unreachable(Host& host, int count) { into(host, "unreachable", count); }
void into_prohibit(Host& host, int count) { into(host, "prohibit", count); }

constexpr Cause kCauses[] = {
    {"forwarding_without_a_route", Family::kIpv4, no_route},
    {"forwarding_without_a_route", Family::kIpv6, no_route},
    {"hop_limit_exceeded_when_forwarding", Family::kIpv4, too_many_hops},
    {"hop_limit_exceeded_when_forwarding", Family::kIpv6, too_many_hops},
    {"packet_beyond_the_next_mtu", Family::kIpv4, beyond_the_next_mtu},
    {"packet_beyond_the_next_mtu", Family::kIpv6, beyond_the_next_mtu},
    {"forwarding_into_a_blackhole_route", Family::kIpv4, into_blackhole},
    {"forwarding_into_a_blackhole_route", Family::kIpv6, into_blackhole},
    {"forwarding_into_an_unreachable_route", Family::kIpv4, into_unreachable},
    {"forwarding_into_an_unreachable_route", Family::kIpv6, into_unreachable},
    {"forwarding_into_a_prohibit_route", Family::kIpv4, into_prohibit},
    {"forwarding_into_a_prohibit_route", Family::kIpv6, into_prohibit},
};

}  // namespace

std::span<const Cause> forward_causes() { return kCauses; }

}  // namespace packetdrop::provoke
