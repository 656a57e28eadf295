// SPDX-License-Identifier: Apache-2.0
// What IPv6 refuses of itself: where it is disabled, and extension headers.
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kDestination = 60;

Bytes behind(std::uint8_t type, const Bytes& header) {
  return lab::ethernet(kEtherIpv6) + lab::ipv6(type, header + lab::udp(22));
}

void disabled(Host& host, int count) {
  host.sysctl({{"net.ipv6.conf.tap0.disable_ipv6", "1"}});
  host.write(datagram(Family::kIpv6), count);
}

void hop_by_hop_longer_than_the_packet(Host& host, int count) {
  host.write(behind(kHopByHop, with(lab::extension(kUdp), 1, {200})), count);
}

void options_longer_than_the_packet(Host& host, int count) {
  host.write(behind(kDestination, with(lab::extension(kUdp), 1, {200})), count);
}

// The two highest bits of an option's type say what to do with one that is not known: 01, discard.
void option_that_must_be_understood(Host& host, int count) {
  host.write(behind(kDestination, with(lab::extension(kUdp), 2, {0x5e, 4, 0, 0, 0, 0})), count);
}

void option_beyond_its_header(Host& host, int count) {
  host.write(behind(kDestination, with(lab::extension(kUdp), 2, {1, 40, 0, 0, 0, 0})), count);
}

void routing_header_of_a_type_nobody_has(Host& host, int count) {
  host.write(behind(kRouting, Bytes{kUdp, 0, 200, 1, 0, 0, 0, 0}), count);
}

constexpr Cause kCauses[] = {
    {"ipv6_disabled", Family::kIpv6, disabled},
    {"hop_by_hop_header_longer_than_the_packet", Family::kIpv6, hop_by_hop_longer_than_the_packet},
    {"destination_options_longer_than_the_packet", Family::kIpv6, options_longer_than_the_packet},
    {"destination_option_that_must_be_understood", Family::kIpv6, option_that_must_be_understood},
    {"destination_option_beyond_its_header", Family::kIpv6, option_beyond_its_header},
    {"routing_header_of_an_unknown_type", Family::kIpv6, routing_header_of_a_type_nobody_has},
};

}  // namespace

std::span<const Cause> ipv6_causes() { return kCauses; }

}  // namespace packetdrop::provoke
