// SPDX-License-Identifier: Apache-2.0
// What UDP refuses: nobody listens, damage, full buffers, filters.
#include <sys/socket.h>

#include "provoke/cause.h"
#include "provoke/filter.h"

namespace packetdrop::provoke {
namespace {

void closed_port(Host& host, int count) { host.write(datagram(host.family()), count); }

void bad_checksum(Host& host, int count) {
  const std::size_t payload = transport(host.family()) + 8;
  host.write(with(datagram(host.family()), payload, {0xba, 0xd0}), count);
}

// Without a checksum, which IPv4 allows and IPv6 does not.
void no_checksum(Host& host, int count) {
  const UniqueFd sink = host.sink();
  host.write(with16(datagram(host.family()), transport(host.family()) + 6, 0), count);
}

void length_beyond_the_packet(Host& host, int count) {
  host.write(with16(datagram(host.family()), transport(host.family()) + 4, 300), count);
}

void header_cut_off(Host& host, int count) {
  host.write(packet(host.family(), kUdp, lab::zeros(4)), count);
}

void buffer_full(Host& host, int count) {
  const UniqueFd sink = host.sink();
  const int least = 1;
  host.check("SO_RCVBUF", setsockopt(sink.get(), SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)));
  // An empty buffer takes any one packet.
  host.write(packet(host.family(), kUdp, lab::udp(8000)));
  host.write(datagram(host.family()), count);
  Host::empty(sink);
}

void socket_filter(Host& host, int count) {
  const UniqueFd sink = host.sink();
  refuse_everything(host, sink);
  host.write(datagram(host.family()), count);
}

void closed_with_unread_datagrams(Host& host, int count) {
  const UniqueFd sink = host.sink();
  host.write(datagram(host.family()), count);
}

void xfrm_policy(Host& host, int count) {
  const std::string any = host.is_ipv6() ? "::/0" : "0.0.0.0/0";
  host.ip({"xfrm policy add src " + any + " dst " + any + " dir in action block"});
  const UniqueFd sink = host.sink();
  host.write(datagram(host.family()), count);
}

constexpr Cause kCauses[] = {
    {"udp_to_a_closed_port", Family::kIpv4, closed_port},
    {"udp_to_a_closed_port", Family::kIpv6, closed_port},
    {"bad_udp_checksum", Family::kIpv4, bad_checksum},
    {"bad_udp_checksum", Family::kIpv6, bad_checksum},
    {"no_udp_checksum", Family::kIpv6, no_checksum},
    {"udp_length_beyond_the_packet", Family::kIpv4, length_beyond_the_packet},
    {"udp_length_beyond_the_packet", Family::kIpv6, length_beyond_the_packet},
    {"udp_header_cut_off", Family::kIpv4, header_cut_off},
    {"udp_header_cut_off", Family::kIpv6, header_cut_off},
    {"udp_receive_buffer_full", Family::kIpv4, buffer_full},
    {"udp_receive_buffer_full", Family::kIpv6, buffer_full},
    {"udp_socket_filter_refuses", Family::kIpv4, socket_filter},
    {"udp_socket_filter_refuses", Family::kIpv6, socket_filter},
    {"udp_socket_closed_with_unread_datagrams", Family::kIpv4, closed_with_unread_datagrams},
    {"udp_socket_closed_with_unread_datagrams", Family::kIpv6, closed_with_unread_datagrams},
    {"xfrm_policy_blocks_udp", Family::kIpv4, xfrm_policy},
    {"xfrm_policy_blocks_udp", Family::kIpv6, xfrm_policy},
};

}  // namespace

std::span<const Cause> udp_causes() { return kCauses; }

}  // namespace packetdrop::provoke
