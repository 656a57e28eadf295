// SPDX-License-Identifier: Apache-2.0
// What a VXLAN device does not take.
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

constexpr std::uint16_t kVxlanPort = 4789;
const Bytes kDeviceMac = {0x02, 0, 0, 0, 0x77, 0x42};

// vx0 for network 42.
void device(Host& host) {
  if (host.is_ipv6()) host.sysctl({{"net.ipv6.conf.default.disable_ipv6", "1"}});
  host.optional_command(
      "ip link add vx0 address 02:00:00:00:77:42 type vxlan id 42 dstport 4789 dev tap0 remote " +
          host.peer(),
      "VXLAN");
  host.ip({"link set vx0 up"});
}

Bytes encapsulated(Host& host, const Bytes& header, const Bytes& source = kPeerMac) {
  const Bytes inner = with(datagram(Family::kIpv4), 6, source);
  Bytes udp = lab::udp(0) + header + inner;
  udp = with16(std::move(udp), 2, kVxlanPort);
  udp = with16(std::move(udp), 4, static_cast<std::uint16_t>(udp.size()));
  return packet(host.family(), kUdp, udp);
}

void header_without_the_flag(Host& host, int count) {
  device(host);
  host.write(encapsulated(host, {0, 0, 0, 0, 0, 0, 42, 0}), count);
}

void network_nobody_has(Host& host, int count) {
  device(host);
  host.write(encapsulated(host, {0x08, 0, 0, 0, 0, 0, 43, 0}), count);
}

void from_our_own_mac(Host& host, int count) {
  device(host);
  host.write(encapsulated(host, {0x08, 0, 0, 0, 0, 0, 42, 0}, kDeviceMac), count);
}

constexpr Cause kCauses[] = {
    {"vxlan_header_without_the_i_flag", Family::kIpv4, header_without_the_flag},
    {"vxlan_header_without_the_i_flag", Family::kIpv6, header_without_the_flag},
    {"vxlan_network_nobody_has", Family::kIpv4, network_nobody_has},
    {"vxlan_network_nobody_has", Family::kIpv6, network_nobody_has},
    {"vxlan_frame_from_our_own_mac", Family::kIpv4, from_our_own_mac},
};

}  // namespace

std::span<const Cause> vxlan_causes() { return kCauses; }

}  // namespace packetdrop::provoke
