// SPDX-License-Identifier: Apache-2.0
// What a bridge does not forward.
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

// br0 with one port, tap0. It says nothing itself.
void bridge_that_is_down(Host& host) {
  if (host.is_ipv6()) host.sysctl({{"net.ipv6.conf.default.disable_ipv6", "1"}});
  host.ip({"link add br0 type bridge mcast_snooping 0", "link set tap0 master br0"});
}

void bridge(Host& host) {
  bridge_that_is_down(host);
  host.ip({"link set br0 up"});
}

void no_port_to_go_to(Host& host, int count) {
  bridge(host);
  host.write(with(datagram(host.family()), 0, kNobodysMac), count);
}

void port_disabled(Host& host, int count) {
  bridge_that_is_down(host);
  host.write(with(datagram(host.family()), 0, kNobodysMac), count);
}

void pause_frame(Host& host, int count) {
  bridge(host);
  host.write(with(lab::ethernet(0x8808) + lab::zeros(46), 0, {0x01, 0x80, 0xc2, 0, 0, 0x01}),
             count);
}

void source_that_is_a_group(Host& host, int count) {
  bridge(host);
  host.write(with(datagram(host.family()), 6, {0x01, 0, 0x5e, 1, 2, 3}), count);
}

void vlan_not_allowed(Host& host, int count) {
  bridge(host);
  host.optional_command("ip link set br0 type bridge vlan_filtering 1", "VLANs in bridges");
  const Bytes good = datagram(host.family());
  const std::uint16_t inner = host.is_ipv6() ? kEtherIpv6 : kEtherIpv4;
  host.write(lab::ethernet(0x8100) + lab::vlan_tag(inner) + Bytes(good.begin() + kIp, good.end()),
             count);
}

constexpr Cause kCauses[] = {
    {"bridge_has_no_port_to_go_to", Family::kIpv4, no_port_to_go_to},
    {"bridge_has_no_port_to_go_to", Family::kIpv6, no_port_to_go_to},
    {"bridge_port_is_disabled", Family::kIpv4, port_disabled},
    {"bridge_port_is_disabled", Family::kIpv6, port_disabled},
    {"pause_frame_to_a_bridge", Family::kOther, pause_frame},
    {"frame_from_a_group_address_to_a_bridge", Family::kIpv4, source_that_is_a_group},
    {"frame_from_a_group_address_to_a_bridge", Family::kIpv6, source_that_is_a_group},
    {"bridge_port_without_that_vlan", Family::kIpv4, vlan_not_allowed},
    {"bridge_port_without_that_vlan", Family::kIpv6, vlan_not_allowed},
};

}  // namespace

std::span<const Cause> bridge_causes() { return kCauses; }

}  // namespace packetdrop::provoke
