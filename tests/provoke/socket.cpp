// SPDX-License-Identifier: Apache-2.0
// What sockets of other families than the internet's lose.
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

constexpr std::uint16_t kEtherTest = 0x88b5;  // for experiments (IEEE 802)

void packet_socket_full(Host& host, int count) {
  const UniqueFd fd = host.socket(AF_PACKET, SOCK_RAW, 0);
  const int least = 1;
  host.check("SO_RCVBUF", setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)));
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(kEtherTest);
  host.ns().run([&] { address.sll_ifindex = static_cast<int>(if_nametoindex("tap0")); });
  host.check("bind", bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)));
  // An empty buffer takes any one packet.
  host.write(lab::ethernet(kEtherTest) + lab::zeros(8000));
  host.write(lab::ethernet(kEtherTest) + lab::zeros(46), count);
  Host::empty(fd);
}

void unix_socket(Host& host, int type, int count) {
  int ends[2] = {-1, -1};
  host.check("socketpair", socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends));
  const UniqueFd one(ends[0]);
  const UniqueFd other(ends[1]);
  for (int i = 0; i < count; i++) host.check("send", ::send(one.get(), "x", 1, MSG_DONTWAIT));
}
void unix_stream(Host& host, int count) { unix_socket(host, SOCK_STREAM, count); }

constexpr Cause kCauses[] = {
    {"packet_socket_full", Family::kOther, packet_socket_full},
    {"unix_stream_closed_with_unread_messages", Family::kOther, unix_stream},
};

}  // namespace

std::span<const Cause> socket_causes() { return kCauses; }

}  // namespace packetdrop::provoke
