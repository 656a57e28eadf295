// SPDX-License-Identifier: Apache-2.0
// Rules of nftables that drop or reject.
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

// A chain of the family inet on `hook` with one rule.
void inet_rule(Host& host, const std::string& hook, const std::string& rule) {
  host.nft("add table inet t; add chain inet t c { type filter hook " + hook +
           " priority 0; }; add rule inet t c " + rule);
}

void netdev_rule(Host& host, const std::string& hook, const std::string& rule) {
  host.nft("add table netdev t; add chain netdev t c { type filter hook " + hook +
           " device tap0 priority 0; }; add rule netdev t c " + rule);
}

void input(Host& host, int count) {
  inet_rule(host, "input", "udp dport 9 drop");
  host.write(datagram(host.family()), count);
}

void prerouting(Host& host, int count) {
  inet_rule(host, "prerouting", "udp dport 9 drop");
  host.write(datagram(host.family()), count);
}

void forward(Host& host, int count) {
  host.forward();
  inet_rule(host, "forward", "udp dport 9 drop");
  host.write(to(datagram(host.family()), host.far()), count);
}

void output(Host& host, int count) {
  inet_rule(host, "output", "udp dport 9 drop");
  host.send(host.peer(), count);
}

void postrouting(Host& host, int count) {
  inet_rule(host, "postrouting", "udp dport 9 drop");
  host.send(host.peer(), count);
}

void device_ingress(Host& host, int count) {
  netdev_rule(host, "ingress", "udp dport 9 drop");
  host.write(datagram(host.family()), count);
}

void device_egress(Host& host, int count) {
  netdev_rule(host, "egress", "udp dport 9 drop");
  host.send(host.peer(), count);
}

void reject(Host& host, int count) {
  inet_rule(host, "input", "udp dport 9 reject");
  host.write(datagram(host.family()), count);
}

constexpr Cause kCauses[] = {
    {"nftables_drop_on_input", Family::kIpv4, input},
    {"nftables_drop_on_input", Family::kIpv6, input},
    {"nftables_drop_on_prerouting", Family::kIpv4, prerouting},
    {"nftables_drop_on_prerouting", Family::kIpv6, prerouting},
    {"nftables_drop_on_forward", Family::kIpv4, forward},
    {"nftables_drop_on_forward", Family::kIpv6, forward},
    {"nftables_drop_on_output", Family::kIpv4, output},
    {"nftables_drop_on_output", Family::kIpv6, output},
    {"nftables_drop_on_postrouting", Family::kIpv4, postrouting},
    {"nftables_drop_on_postrouting", Family::kIpv6, postrouting},
    {"nftables_drop_on_device_ingress", Family::kIpv4, device_ingress},
    {"nftables_drop_on_device_ingress", Family::kIpv6, device_ingress},
    {"nftables_drop_on_device_egress", Family::kIpv4, device_egress},
    {"nftables_drop_on_device_egress", Family::kIpv6, device_egress},
    {"nftables_reject_on_input", Family::kIpv4, reject},
    {"nftables_reject_on_input", Family::kIpv6, reject},
};

}  // namespace

std::span<const Cause> netfilter_causes() { return kCauses; }

}  // namespace packetdrop::provoke
