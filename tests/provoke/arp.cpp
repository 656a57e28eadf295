// SPDX-License-Identifier: Apache-2.0
// ARP that makes no sense.
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

// Who has 192.0.2.2? asks 192.0.2.1.
Bytes request() {
  return lab::ethernet(kEtherArp) + Bytes{0, 1, 8, 0, 6, 4, 0, 1} +
         Bytes{0x02, 0, 0, 0, 0x77, 0x02, 192, 0, 2, 1} + Bytes{0, 0, 0, 0, 0, 0, 192, 0, 2, 2};
}

void unknown_operation(Host& host, int count) {
  host.write(with(request(), kIp + 6, {0, 99}), count);
}

void unknown_hardware(Host& host, int count) { host.write(with(request(), kIp, {0, 99}), count); }

void for_a_multicast_address(Host& host, int count) {
  host.write(with(request(), kIp + 24, {224, 0, 0, 9}), count);
}

void wrong_address_length(Host& host, int count) {
  host.write(with(request(), kIp + 4, {7}), count);
}

constexpr Cause kCauses[] = {
    {"arp_with_an_unknown_operation", Family::kArp, unknown_operation},
    {"arp_of_unknown_hardware", Family::kArp, unknown_hardware},
    {"arp_for_a_multicast_address", Family::kArp, for_a_multicast_address},
    {"arp_with_a_wrong_address_length", Family::kArp, wrong_address_length},
};

}  // namespace

std::span<const Cause> arp_causes() { return kCauses; }

}  // namespace packetdrop::provoke
