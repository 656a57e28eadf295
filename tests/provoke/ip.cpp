// SPDX-License-Identifier: Apache-2.0
// What IPv4 and IPv6 refuse at the door: damage, addresses that cannot be, protocols nobody has.
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

void bad_header_checksum(Host& host, int count) {
  host.write(with(datagram(host.family()), kIp + 10, {0xba, 0xd0}), count);
}

void header_length_below_20(Host& host, int count) {
  host.write(with(datagram(host.family()), kIp, {0x44}), count);
}

void wrong_version(Host& host, int count) {
  const std::uint8_t first = host.is_ipv6() ? 0x50 : 0x55;
  host.write(with(datagram(host.family()), kIp, {first}), count);
}

void length_beyond_the_frame(Host& host, int count) {
  const Bytes good = datagram(host.family());
  host.write(host.is_ipv6() ? with16(good, kIp + 4, 300) : seal(with16(good, kIp + 2, 300)), count);
}

void length_below_the_header(Host& host, int count) {
  host.write(seal(with16(datagram(host.family()), kIp + 2, 10)), count);
}

void header_cut_off(Host& host, int count) {
  host.write(cut(datagram(host.family()), kIp + 10), count);
}

void another_mac(Host& host, int count) {
  host.write(with(datagram(host.family()), 0, kNobodysMac), count);
}

void ethertype_nobody_handles(Host& host, int count) {
  host.write(lab::ethernet(0x88b5) + lab::zeros(46), count);
}

void vlan_nobody_has(Host& host, int count) {
  const Bytes good = datagram(host.family());
  const std::uint16_t inner = host.is_ipv6() ? kEtherIpv6 : kEtherIpv4;
  host.write(lab::ethernet(0x8100) + lab::vlan_tag(inner) + Bytes(good.begin() + kIp, good.end()),
             count);
}

void protocol_nobody_has(Host& host, int count) {
  host.write(packet(host.family(), kNobodysProtocol, lab::zeros(22)), count);
}

void reverse_path_filter(Host& host, int count) {
  host.sysctl({{"net.ipv4.conf.tap0.rp_filter", "1"}});
  host.write(from(datagram(host.family()), "203.0.113.7"), count);
}

// The kernel has a route to the source, so that it is the source alone which is refused.
void from_address(Host& host, const std::string& address, int count) {
  host.write(from(datagram(host.family()), address), count);
}
void to_address(Host& host, const std::string& address, int count) {
  host.write(to(datagram(host.family()), address), count);
}

void from_our_own_address(Host& host, int count) { from_address(host, host.own(), count); }
void from_multicast(Host& host, int count) {
  from_address(host, host.is_ipv6() ? "ff02::9" : "224.0.0.9", count);
}
void from_loopback(Host& host, int count) {
  from_address(host, host.is_ipv6() ? "::1" : "127.0.0.5", count);
}
void from_nowhere(Host& host, int count) { from_address(host, "0.0.0.0", count); }
void to_loopback(Host& host, int count) {
  to_address(host, host.is_ipv6() ? "::1" : "127.0.0.5", count);
}
void to_nowhere(Host& host, int count) { to_address(host, "0.0.0.0", count); }

void to_a_group_nobody_joined(Host& host, int count) {
  const Bytes frame = to(datagram(host.family()), host.is_ipv6() ? "ff02::1234" : "239.1.2.3");
  host.write(host.is_ipv6() ? with(frame, 0, {0x33, 0x33, 0, 0, 0x12, 0x34})
                            : with(frame, 0, {0x01, 0, 0x5e, 1, 2, 3}),
             count);
}

void unicast_in_a_broadcast(Host& host, int count) {
  host.sysctl({{"net.ipv4.conf.tap0.drop_unicast_in_l2_multicast", "1"}});
  host.write(with(datagram(host.family()), 0, Bytes(6, 0xff)), count);
}

void for_somebody_else(Host& host, int count) {
  to_address(host, host.is_ipv6() ? "2001:db8:1::9" : "198.51.100.9", count);
}

// An option whose length leads beyond the header.
void malformed_option(Host& host, int count) {
  host.write(seal(with(lab::ethernet(kEtherIpv4) + lab::ipv4(kUdp, lab::udp(22), 0, 8), kIp + 20,
                       {7, 40, 4, 0, 0, 0, 0, 0})),
             count);
}

void source_route(Host& host, int count) {
  host.write(seal(with(lab::ethernet(kEtherIpv4) + lab::ipv4(kUdp, lab::udp(22), 0, 8), kIp + 20,
                       {131, 7, 4, 192, 0, 2, 9, 0})),
             count);
}

constexpr Cause kCauses[] = {
    {"bad_ip_header_checksum", Family::kIpv4, bad_header_checksum},
    {"ip_header_length_below_20", Family::kIpv4, header_length_below_20},
    {"wrong_ip_version", Family::kIpv4, wrong_version},
    {"wrong_ip_version", Family::kIpv6, wrong_version},
    {"ip_length_beyond_the_frame", Family::kIpv4, length_beyond_the_frame},
    {"ip_length_beyond_the_frame", Family::kIpv6, length_beyond_the_frame},
    {"ip_length_below_the_header", Family::kIpv4, length_below_the_header},
    {"ip_header_cut_off", Family::kIpv4, header_cut_off},
    {"ip_header_cut_off", Family::kIpv6, header_cut_off},
    {"frame_to_another_mac", Family::kIpv4, another_mac},
    {"frame_to_another_mac", Family::kIpv6, another_mac},
    {"ethertype_nobody_handles", Family::kOther, ethertype_nobody_handles},
    {"vlan_nobody_has", Family::kIpv4, vlan_nobody_has},
    {"vlan_nobody_has", Family::kIpv6, vlan_nobody_has},
    {"ip_protocol_nobody_has", Family::kIpv4, protocol_nobody_has},
    {"ip_protocol_nobody_has", Family::kIpv6, protocol_nobody_has},
    {"reverse_path_filter", Family::kIpv4, reverse_path_filter},
    {"packet_from_our_own_address", Family::kIpv4, from_our_own_address},
    {"packet_from_multicast", Family::kIpv4, from_multicast},
    {"packet_from_multicast", Family::kIpv6, from_multicast},
    {"packet_from_loopback_off_the_wire", Family::kIpv4, from_loopback},
    {"packet_from_loopback_off_the_wire", Family::kIpv6, from_loopback},
    {"packet_from_nowhere", Family::kIpv4, from_nowhere},
    {"packet_to_loopback_off_the_wire", Family::kIpv4, to_loopback},
    {"packet_to_loopback_off_the_wire", Family::kIpv6, to_loopback},
    {"packet_to_nowhere", Family::kIpv4, to_nowhere},
    {"multicast_group_nobody_joined", Family::kIpv4, to_a_group_nobody_joined},
    {"multicast_group_nobody_joined", Family::kIpv6, to_a_group_nobody_joined},
    {"unicast_in_a_broadcast_frame", Family::kIpv4, unicast_in_a_broadcast},
    {"packet_for_somebody_else", Family::kIpv4, for_somebody_else},
    {"packet_for_somebody_else", Family::kIpv6, for_somebody_else},
    {"malformed_ip_option", Family::kIpv4, malformed_option},
    {"source_route", Family::kIpv4, source_route},
};

}  // namespace

std::span<const Cause> ip_causes() { return kCauses; }

}  // namespace packetdrop::provoke
