// SPDX-License-Identifier: Apache-2.0
// What ICMP, ICMPv6, neighbour discovery and IGMP refuse.
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

constexpr std::uint8_t kIgmp = 2;
constexpr std::uint8_t kNeighbourSolicitation = 135;

Bytes message(Host& host, std::uint8_t type, std::uint8_t code, const Bytes& body) {
  return packet(host.family(), host.is_ipv6() ? kIcmpv6 : kIcmp, Bytes{type, code, 0, 0} + body);
}

void unwanted_echo_reply(Host& host, int count) {
  host.write(message(host, host.is_ipv6() ? 129 : 0, 0, lab::zeros(20)), count);
}

void bad_checksum(Host& host, int count) {
  const std::size_t at = transport(host.family());
  host.write(with(message(host, host.is_ipv6() ? 128 : 8, 0, lab::zeros(20)), at + 2, {0xba, 0xd0}),
             count);
}

void unknown_type(Host& host, int count) {
  host.write(message(host, 99, 0, lab::zeros(20)), count);
}

// Of an error message without the packet that it is about.
void error_cut_off(Host& host, int count) {
  host.write(message(host, host.is_ipv6() ? 1 : 3, 1, lab::zeros(8)), count);
}

void header_cut_off(Host& host, int count) {
  host.write(packet(host.family(), host.is_ipv6() ? kIcmpv6 : kIcmp, lab::zeros(3)), count);
}

void echo_to_broadcast(Host& host, int count) {
  host.sysctl({{"net.ipv4.icmp_echo_ignore_broadcasts", "1"}});
  host.ip({"address change 192.0.2.2/24 broadcast 192.0.2.255 dev tap0"});
  host.write(to(message(host, 8, 0, lab::zeros(20)), "192.0.2.255"), count);
}

// Who has 2001:db8::2? From a host one hop away.
Bytes solicitation(std::uint8_t code, const Bytes& options) {
  Bytes target = {0x20, 0x01, 0x0d, 0xb8};
  target.resize(16);
  target[15] = 2;
  return with(packet(Family::kIpv6, kIcmpv6,
                     Bytes{kNeighbourSolicitation, code, 0, 0, 0, 0, 0, 0} + target + options),
              kIp + 7, {255});
}

void discovery_with_a_code(Host& host, int count) { host.write(solicitation(1, {}), count); }

void discovery_with_an_option_of_length_0(Host& host, int count) {
  host.write(solicitation(0, lab::zeros(8)), count);
}

void discovery_from_afar(Host& host, int count) {
  host.write(with(solicitation(0, {}), kIp + 7, {254}), count);
}

void igmp_with_a_bad_checksum(Host& host, int count) {
  host.write(packet(Family::kIpv4, kIgmp, Bytes{0x16, 0, 0xba, 0xd0, 239, 1, 2, 3}), count);
}

constexpr Cause kCauses[] = {
    {"icmp_echo_reply_nobody_waits_for", Family::kIpv4, unwanted_echo_reply},
    {"icmp_echo_reply_nobody_waits_for", Family::kIpv6, unwanted_echo_reply},
    {"bad_icmp_checksum", Family::kIpv4, bad_checksum},
    {"bad_icmp_checksum", Family::kIpv6, bad_checksum},
    {"icmp_of_an_unknown_type", Family::kIpv4, unknown_type},
    {"icmp_of_an_unknown_type", Family::kIpv6, unknown_type},
    {"icmp_error_without_its_packet", Family::kIpv4, error_cut_off},
    {"icmp_error_without_its_packet", Family::kIpv6, error_cut_off},
    {"icmp_header_cut_off", Family::kIpv4, header_cut_off},
    {"icmp_header_cut_off", Family::kIpv6, header_cut_off},
    {"icmp_echo_to_broadcast", Family::kIpv4, echo_to_broadcast},
    {"neighbour_solicitation_with_a_code", Family::kIpv6, discovery_with_a_code},
    {"neighbour_solicitation_with_an_empty_option", Family::kIpv6,
     discovery_with_an_option_of_length_0},
    {"neighbour_solicitation_from_afar", Family::kIpv6, discovery_from_afar},
    {"igmp_with_a_bad_checksum", Family::kIpv4, igmp_with_a_bad_checksum},
};

}  // namespace

std::span<const Cause> icmp_causes() { return kCauses; }

}  // namespace packetdrop::provoke
