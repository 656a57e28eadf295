// SPDX-License-Identifier: Apache-2.0
// The frames that hold the parser to its rules, each with the key it must get.
#include "lab/frame.h"
#include "uapi/packetdrop_abi.h"

namespace packetdrop::lab {
namespace {

constexpr std::uint16_t kIpv4 = 0x0800;
constexpr std::uint16_t kIpv6 = 0x86dd;
constexpr std::uint16_t kArp = 0x0806;
constexpr std::uint16_t kVlan = 0x8100;
constexpr std::uint16_t kQinq = 0x88a8;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestination = 60;

Bytes cut(Bytes bytes, std::size_t size) {
  bytes.resize(size);
  return bytes;
}

Bytes with_byte(Bytes bytes, std::size_t at, std::uint8_t value) {
  bytes[at] = value;
  return bytes;
}

// `count` destination options in a row, then UDP.
Bytes options_then_udp(int count) {
  Bytes out;
  for (int i = 1; i < count; i++) out = std::move(out) + extension(kDestination);
  return std::move(out) + extension(kUdp) + udp(26);
}

std::vector<FrameCase> plain_cases() {
  const Bytes v4 = ethernet(kIpv4);
  const Bytes v6 = ethernet(kIpv6);
  return {
      {"ipv4_tcp", v4 + ipv4(kTcp, tcp_reset(26)), PD_KEY_IPV4_TCP},
      {"ipv4_udp", v4 + ipv4(kUdp, udp(26)), PD_KEY_IPV4_UDP},
      {"ipv4_icmp", v4 + ipv4(1, zeros(30)), PD_KEY_IPV4_ICMP},
      {"ipv4_sctp", v4 + ipv4(132, zeros(30)), PD_KEY_IPV4_SCTP},
      {"ipv4_gre", v4 + ipv4(47, zeros(30)), PD_KEY_IPV4_OTHER},
      {"ipv4_protocol_58_is_not_icmp", v4 + ipv4(58, zeros(30)), PD_KEY_IPV4_OTHER},
      {"ipv4_with_options", v4 + ipv4(kUdp, udp(26), 0, 8), PD_KEY_IPV4_UDP},
      {"ipv6_tcp", v6 + ipv6(kTcp, tcp_reset(26)), PD_KEY_IPV6_TCP},
      {"ipv6_udp", v6 + ipv6(kUdp, udp(26)), PD_KEY_IPV6_UDP},
      {"ipv6_icmp", v6 + ipv6(58, zeros(30)), PD_KEY_IPV6_ICMP},
      {"ipv6_protocol_1_is_not_icmp", v6 + ipv6(1, zeros(30)), PD_KEY_IPV6_OTHER},
      {"ipv6_sctp", v6 + ipv6(132, zeros(30)), PD_KEY_IPV6_SCTP},
      {"ipv6_no_next_header", v6 + ipv6(59, zeros(30)), PD_KEY_IPV6_OTHER},
      {"arp", ethernet(kArp) + zeros(46), PD_KEY_ARP_OTHER},
      {"unknown_ethertype", ethernet(0x88b5) + zeros(46), PD_KEY_OTHER_OTHER},
  };
}

std::vector<FrameCase> vlan_cases() {
  const Bytes udp4 = ipv4(kUdp, udp(26));
  const Bytes udp6 = ipv6(kUdp, udp(26));
  return {
      {"vlan_ipv4_udp", ethernet(kVlan) + vlan_tag(kIpv4) + udp4, PD_KEY_IPV4_UDP},
      {"vlan_ipv6_udp", ethernet(kVlan) + vlan_tag(kIpv6) + udp6, PD_KEY_IPV6_UDP},
      {"vlan_arp", ethernet(kVlan) + vlan_tag(kArp) + zeros(46), PD_KEY_ARP_OTHER},
      {"qinq_ipv4_udp", ethernet(kQinq) + vlan_tag(kVlan) + vlan_tag(kIpv4) + udp4,
       PD_KEY_IPV4_UDP},
      {"three_vlan_tags",
       ethernet(kQinq) + vlan_tag(kVlan) + vlan_tag(kVlan) + vlan_tag(kIpv4) + udp4,
       PD_KEY_OTHER_OTHER},
  };
}

std::vector<FrameCase> fragment_cases() {
  const Bytes v4 = ethernet(kIpv4);
  const Bytes v6 = ethernet(kIpv6);
  return {
      {"ipv4_first_fragment", v4 + ipv4(kUdp, udp(24), kMoreFragments), PD_KEY_IPV4_UDP},
      {"ipv4_later_fragment", v4 + ipv4(kUdp, zeros(32), 4), PD_KEY_IPV4_UDP},
      {"ipv6_first_fragment", v6 + ipv6(kFragment, fragment_header(kUdp, 1) + udp(24)),
       PD_KEY_IPV6_UDP},
      {"ipv6_later_fragment", v6 + ipv6(kFragment, fragment_header(kUdp, 4 << 3) + zeros(32)),
       PD_KEY_IPV6_UDP},
      {"ipv6_later_fragment_does_not_look_into_payload",
       v6 + ipv6(kFragment, fragment_header(kDestination, 4 << 3) + extension(kUdp) + zeros(24)),
       PD_KEY_IPV6_OTHER},
      {"ipv6_first_fragment_then_options",
       v6 + ipv6(kFragment, fragment_header(kDestination, 1) + extension(kTcp) + tcp_reset(12)),
       PD_KEY_IPV6_TCP},
  };
}

std::vector<FrameCase> extension_cases() {
  const Bytes v6 = ethernet(kIpv6);
  return {
      {"ipv6_hop_by_hop", v6 + ipv6(kHopByHop, extension(kUdp) + udp(26)), PD_KEY_IPV6_UDP},
      {"ipv6_long_options", v6 + ipv6(kDestination, extension(kTcp, 3) + tcp_reset(26)),
       PD_KEY_IPV6_TCP},
      {"ipv6_routing", v6 + ipv6(kRouting, extension(58) + zeros(30)), PD_KEY_IPV6_ICMP},
      {"ipv6_authentication", v6 + ipv6(kAuthentication, authentication(132) + zeros(30)),
       PD_KEY_IPV6_SCTP},
      {"ipv6_six_options", v6 + ipv6(kDestination, options_then_udp(6)), PD_KEY_IPV6_UDP},
      {"ipv6_seven_options", v6 + ipv6(kDestination, options_then_udp(7)), PD_KEY_IPV6_OTHER},
      {"ipv6_option_cut_off", v6 + ipv6(kDestination, cut(extension(kUdp), 6)), PD_KEY_IPV6_OTHER},
      {"ipv6_option_longer_than_packet",
       v6 + ipv6(kDestination, with_byte(extension(kDestination), 1, 200) + zeros(16)),
       PD_KEY_IPV6_OTHER},
  };
}

std::vector<FrameCase> damaged_cases() {
  const Bytes v4 = ethernet(kIpv4);
  const Bytes v6 = ethernet(kIpv6);
  return {
      {"ipv4_wrong_version", v4 + with_byte(ipv4(kUdp, udp(26)), 0, 0x55), PD_KEY_IPV4_OTHER},
      {"ipv6_wrong_version", v6 + with_byte(ipv6(kUdp, udp(26)), 0, 0x40), PD_KEY_IPV6_OTHER},
      {"ipv4_header_cut_off", v4 + cut(ipv4(kUdp, udp(26)), 19), PD_KEY_IPV4_OTHER},
      {"ipv4_header_and_no_more", v4 + cut(ipv4(kUdp, udp(26)), 20), PD_KEY_IPV4_UDP},
      {"ipv6_header_cut_off", v6 + cut(ipv6(kUdp, udp(26)), 39), PD_KEY_IPV6_OTHER},
      {"ipv6_header_and_no_more", v6 + cut(ipv6(kUdp, udp(26)), 40), PD_KEY_IPV6_UDP},
      {"vlan_tag_cut_off", ethernet(kVlan) + cut(vlan_tag(kIpv4), 3), PD_KEY_OTHER_OTHER},
  };
}

}  // namespace

std::vector<FrameCase> frame_cases() {
  std::vector<FrameCase> all;
  for (auto list :
       {plain_cases(), vlan_cases(), fragment_cases(), extension_cases(), damaged_cases()})
    for (FrameCase& one : list) all.push_back(std::move(one));
  return all;
}

}  // namespace packetdrop::lab
