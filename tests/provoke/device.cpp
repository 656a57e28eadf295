// SPDX-License-Identifier: Apache-2.0
// What is lost between devices, and known causes by other ways into the stack than a plain tap.
#include <charconv>

#include "base/file.h"
#include "provoke/cause.h"
#include "provoke/filter.h"
#include "provoke/veth.h"

namespace packetdrop::provoke {
namespace {

void peer_with_a_smaller_mtu(Host& host, int count) {
  Veth veth(host);
  veth.peer_ip("link set veth1 mtu 1280");
  veth.give_address();
  host.send(host.far(), count, 1400);
}

void peer_is_down(Host& host, int count) {
  Veth veth(host, false);
  veth.give_address();
  host.send(host.far(), count);
}

// Segments of one packet: the queue of the CPU, whose length is the same for all namespaces, cannot
// be emptied before the last of them is there.
void backlog_full(Host& host, int count) {
  constexpr std::uint16_t kSegment = 40;
  const auto text = read_file("/proc/sys/net/core/netdev_max_backlog");
  int longest = 0;
  if (text) std::from_chars(text->data(), text->data() + text->size(), longest);
  const int segments = longest + 1 + count;
  if (!text || segments * kSegment > 60000)
    return host.not_applicable("net.core.netdev_max_backlog is more than one packet can fill");

  Veth veth(host);
  veth.peer_command("ethtool -K veth1 tso off");
  // What fits into the queue goes without being dropped.
  host.command(classifier("veth0", "ingress", Verdict::kTake));
  const auto payload = static_cast<std::size_t>(segments * kSegment);
  veth.write_gso(lab::ethernet(kEtherIpv4) + lab::ipv4(kTcp, lab::tcp_data(payload)), kSegment, 1);
}

void segments_to_another_mac(Host& host, int count) {
  Veth veth(host);
  const Bytes frame = lab::ethernet(kEtherIpv4) + lab::ipv4(kTcp, lab::tcp_data(9500));
  veth.write_gso(with(frame, 0, kNobodysMac), 1000, count);
}

void closed_port_over_veth(Host& host, int count) {
  Veth veth(host);
  veth.write(datagram(host.family()), count);
}

void closed_port_over_loopback(Host& host, int count) { host.send(host.own(), count); }

void closed_port_through_gro(Host& host, int count) {
  auto tap = lab::TapSender::open(host.ns(), "tap1");
  if (!tap) return host.fail(tap.error());
  host.ip({"link set tap1 address 02:00:00:00:77:01"});
  host.check(tap->send(datagram(host.family()), count));
}

constexpr Cause kCauses[] = {
    {"veth_peer_with_a_smaller_mtu", Family::kIpv4, peer_with_a_smaller_mtu},
    {"veth_peer_with_a_smaller_mtu", Family::kIpv6, peer_with_a_smaller_mtu},
    {"veth_peer_is_down", Family::kIpv4, peer_is_down},
    {"veth_peer_is_down", Family::kIpv6, peer_is_down},
    {"backlog_of_a_cpu_full", Family::kIpv4, backlog_full},
    {"gso_packet_to_another_mac", Family::kIpv4, segments_to_another_mac},
    {"udp_to_a_closed_port_over_veth", Family::kIpv4, closed_port_over_veth},
    {"udp_to_a_closed_port_over_veth", Family::kIpv6, closed_port_over_veth},
    {"udp_to_a_closed_port_over_loopback", Family::kIpv4, closed_port_over_loopback},
    {"udp_to_a_closed_port_over_loopback", Family::kIpv6, closed_port_over_loopback},
    {"udp_to_a_closed_port_through_gro", Family::kIpv4, closed_port_through_gro},
    {"udp_to_a_closed_port_through_gro", Family::kIpv6, closed_port_through_gro},
};

}  // namespace

std::span<const Cause> device_causes() { return kCauses; }

}  // namespace packetdrop::provoke
