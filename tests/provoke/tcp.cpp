// SPDX-License-Identifier: Apache-2.0
// What TCP refuses in an established connection.
#include <netinet/in.h>
#include <sys/socket.h>

#include "provoke/cause.h"
#include "provoke/filter.h"
#include "provoke/tcp_peer.h"

namespace packetdrop::provoke {
namespace {

void no_flags(Host& host, int count) { TcpPeer(host).send({.flags = 0}, count); }

void beyond_the_window(Host& host, int count) {
  TcpPeer(host).send({.flags = kAck, .seq = 10000000, .payload = 10}, count);
}

void ack_of_data_never_sent(Host& host, int count) {
  TcpPeer(host).send({.flags = kAck, .ack = 1000}, count);
}

// Out of order, because header prediction does not look at the ACK of a segment in order.
void ack_from_long_ago(Host& host, int count) {
  TcpPeer(host).send({.flags = kAck, .seq = 1000, .ack = static_cast<std::uint32_t>(-200000)},
                     count);
}

void syn_in_a_connection(Host& host, int count) { TcpPeer(host).send({.flags = kSyn}, count); }

void inexact_reset(Host& host, int count) { TcpPeer(host).send({.flags = kRst, .seq = 10}, count); }

void last_segment_again(Host& host, int count) {
  TcpPeer peer(host);
  peer.send_data(100);
  peer.send({.flags = kAck, .seq = static_cast<std::uint32_t>(-100), .payload = 100}, count);
}

void segment_before_the_last_again(Host& host, int count) {
  TcpPeer peer(host);
  for (int i = 0; i < 4; i++) peer.send_data(100);
  peer.send({.flags = kAck, .seq = static_cast<std::uint32_t>(-300), .payload = 100}, count);
}

void out_of_order_segment_again(Host& host, int count) {
  TcpPeer peer(host);
  const Segment early = {.flags = kAck, .seq = 1000, .payload = 100};
  peer.send(early);
  peer.send(early, count);
  peer.send_data(1000);  // which takes it in
}

void old_timestamp(Host& host, int count) {
  TcpPeer peer(host, {.timestamps = true});
  peer.send({.flags = kAck, .payload = 10, .options = timestamps(peer.timestamp() - 5000, 0)},
            count);
}

void zero_window(Host& host, int count) {
  TcpPeer peer(host, {.receive_buffer = 1});
  peer.send_data(peer.window());
  peer.send({.flags = kAck, .payload = 10}, count);
}

void socket_filter(Host& host, int count) {
  TcpPeer peer(host);
  refuse_everything(host, peer.socket());
  peer.send({.flags = kAck, .payload = 10}, count);
}

void too_few_hops_left(Host& host, int count) {
  TcpPeer peer(host);
  const int most = 255;
  host.check("the least TTL", host.is_ipv6() ? setsockopt(peer.socket().get(), IPPROTO_IPV6,
                                                          IPV6_MINHOPCOUNT, &most, sizeof(most))
                                             : setsockopt(peer.socket().get(), IPPROTO_IP,
                                                          IP_MINTTL, &most, sizeof(most)));
  peer.send({.flags = kAck, .payload = 10}, count);
}

constexpr Cause kCauses[] = {
    {"tcp_segment_without_flags", Family::kIpv4, no_flags},
    {"tcp_segment_without_flags", Family::kIpv6, no_flags},
    {"tcp_data_far_beyond_the_window", Family::kIpv4, beyond_the_window},
    {"tcp_data_far_beyond_the_window", Family::kIpv6, beyond_the_window},
    {"tcp_ack_of_data_never_sent", Family::kIpv4, ack_of_data_never_sent},
    {"tcp_ack_of_data_never_sent", Family::kIpv6, ack_of_data_never_sent},
    {"tcp_ack_from_long_ago", Family::kIpv4, ack_from_long_ago},
    {"tcp_ack_from_long_ago", Family::kIpv6, ack_from_long_ago},
    {"tcp_syn_in_a_connection", Family::kIpv4, syn_in_a_connection},
    {"tcp_syn_in_a_connection", Family::kIpv6, syn_in_a_connection},
    {"tcp_reset_that_is_not_exact", Family::kIpv4, inexact_reset},
    {"tcp_reset_that_is_not_exact", Family::kIpv6, inexact_reset},
    {"tcp_last_segment_again", Family::kIpv4, last_segment_again},
    {"tcp_last_segment_again", Family::kIpv6, last_segment_again},
    {"tcp_segment_before_the_last_again", Family::kIpv4, segment_before_the_last_again},
    {"tcp_segment_before_the_last_again", Family::kIpv6, segment_before_the_last_again},
    {"tcp_out_of_order_segment_again", Family::kIpv4, out_of_order_segment_again},
    {"tcp_out_of_order_segment_again", Family::kIpv6, out_of_order_segment_again},
    {"tcp_data_with_an_old_timestamp", Family::kIpv4, old_timestamp},
    {"tcp_data_with_an_old_timestamp", Family::kIpv6, old_timestamp},
    {"tcp_data_into_a_zero_window", Family::kIpv4, zero_window},
    {"tcp_data_into_a_zero_window", Family::kIpv6, zero_window},
    {"tcp_socket_filter_refuses", Family::kIpv4, socket_filter},
    {"tcp_socket_filter_refuses", Family::kIpv6, socket_filter},
    {"tcp_segment_from_too_far_away", Family::kIpv4, too_few_hops_left},
    {"tcp_segment_from_too_far_away", Family::kIpv6, too_few_hops_left},
};

}  // namespace

std::span<const Cause> tcp_causes() { return kCauses; }

}  // namespace packetdrop::provoke
