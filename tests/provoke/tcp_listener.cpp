// SPDX-License-Identifier: Apache-2.0
// What TCP refuses before there is a connection.
#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "provoke/cause.h"
#include "provoke/tcp_peer.h"

namespace packetdrop::provoke {
namespace {

const Bytes& zero_signature() {
  static const Bytes option = Bytes{1, 1, 19, 18} + lab::zeros(16);
  return option;
}

void syn_to_a_closed_port(Host& host, int count) {
  host.write(segment(host.family(), {.flags = kSyn}), count);
}

void reset_to_a_closed_port(Host& host, int count) {
  host.write(segment(host.family(), {.flags = kRst}), count);
}

void bad_checksum(Host& host, int count) {
  const std::size_t at = transport(host.family());
  host.write(with(segment(host.family(), {.flags = kSyn}), at + 4, {0xff}), count);
}

void header_cut_off(Host& host, int count) {
  host.write(packet(host.family(), kTcp, lab::zeros(8)), count);
}

void data_offset_below_five(Host& host, int count) {
  const std::size_t at = transport(host.family());
  host.write(seal(with(segment(host.family(), {.flags = kSyn}), at + 12, {4 << 4})), count);
}

void syn_and_fin(Host& host, int count) {
  const UniqueFd listening = listener(host);
  host.write(segment(host.family(), {.flags = kSyn | kFin}), count);
}

void ack_without_a_handshake(Host& host, int count) {
  const UniqueFd listening = listener(host);
  host.write(segment(host.family(), {.flags = kAck}), count);
}

void reset_to_a_listener(Host& host, int count) {
  const UniqueFd listening = listener(host);
  host.write(segment(host.family(), {.flags = kRst}), count);
}

// A signature (RFC 2385) is wanted from us.
void want_signature(Host& host, const UniqueFd& socket) {
  tcp_md5sig key{};
  auto& address = reinterpret_cast<sockaddr_storage&>(key.tcpm_addr);
  address.ss_family = host.is_ipv6() ? AF_INET6 : AF_INET;
  inet_pton(address.ss_family, host.peer().c_str(),
            host.is_ipv6() ? static_cast<void*>(&reinterpret_cast<sockaddr_in6&>(address).sin6_addr)
                           : &reinterpret_cast<sockaddr_in&>(address).sin_addr);
  key.tcpm_keylen = 3;
  std::memcpy(key.tcpm_key, "key", 3);
  host.check("TCP_MD5SIG", setsockopt(socket.get(), IPPROTO_TCP, TCP_MD5SIG, &key, sizeof(key)));
}

void no_signature(Host& host, int count) {
  const UniqueFd listening = listener(host);
  want_signature(host, listening);
  host.write(segment(host.family(), {.flags = kSyn}), count);
}

void wrong_signature(Host& host, int count) {
  const UniqueFd listening = listener(host);
  want_signature(host, listening);
  host.write(segment(host.family(), {.flags = kSyn, .options = zero_signature()}), count);
}

void unexpected_signature(Host& host, int count) {
  const UniqueFd listening = listener(host);
  host.write(segment(host.family(), {.flags = kSyn, .options = zero_signature()}), count);
}

// The last segments of `count` handshakes more than the accept queue has room for.
void accept_queue_full(Host& host, int count) {
  const UniqueFd listening = listener(host, count + 2);
  std::vector<Bytes> last;
  for (int i = 0; i <= count; i++) {
    Segment next = {.flags = kSyn, .seq = 1000, .from = static_cast<std::uint16_t>(kOurPort + i)};
    next.ack = synchronise(host, next) + 1;
    next.flags = kAck;
    next.seq++;
    last.push_back(segment(host.family(), next));
  }
  host.check("listen", listen(listening.get(), 0));  // which leaves room for one
  for (const Bytes& frame : last) host.write(frame);
}

constexpr Cause kCauses[] = {
    {"tcp_syn_to_a_closed_port", Family::kIpv4, syn_to_a_closed_port},
    {"tcp_syn_to_a_closed_port", Family::kIpv6, syn_to_a_closed_port},
    {"tcp_reset_to_a_closed_port", Family::kIpv4, reset_to_a_closed_port},
    {"tcp_reset_to_a_closed_port", Family::kIpv6, reset_to_a_closed_port},
    {"bad_tcp_checksum", Family::kIpv4, bad_checksum},
    {"bad_tcp_checksum", Family::kIpv6, bad_checksum},
    {"tcp_header_cut_off", Family::kIpv4, header_cut_off},
    {"tcp_header_cut_off", Family::kIpv6, header_cut_off},
    {"tcp_data_offset_below_five", Family::kIpv4, data_offset_below_five},
    {"tcp_data_offset_below_five", Family::kIpv6, data_offset_below_five},
    {"tcp_syn_and_fin_to_a_listener", Family::kIpv4, syn_and_fin},
    {"tcp_syn_and_fin_to_a_listener", Family::kIpv6, syn_and_fin},
    {"tcp_ack_to_a_listener", Family::kIpv4, ack_without_a_handshake},
    {"tcp_ack_to_a_listener", Family::kIpv6, ack_without_a_handshake},
    {"tcp_reset_to_a_listener", Family::kIpv4, reset_to_a_listener},
    {"tcp_reset_to_a_listener", Family::kIpv6, reset_to_a_listener},
    {"tcp_no_signature_where_one_is_wanted", Family::kIpv4, no_signature},
    {"tcp_no_signature_where_one_is_wanted", Family::kIpv6, no_signature},
    {"tcp_wrong_signature", Family::kIpv4, wrong_signature},
    {"tcp_wrong_signature", Family::kIpv6, wrong_signature},
    {"tcp_signature_nobody_wants", Family::kIpv4, unexpected_signature},
    {"tcp_signature_nobody_wants", Family::kIpv6, unexpected_signature},
    {"tcp_accept_queue_full", Family::kIpv4, accept_queue_full},
    {"tcp_accept_queue_full", Family::kIpv6, accept_queue_full},
};

}  // namespace

std::span<const Cause> tcp_listener_causes() { return kCauses; }

}  // namespace packetdrop::provoke
