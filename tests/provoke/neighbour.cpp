// SPDX-License-Identifier: Apache-2.0
// Neighbours that do not answer.
#include <chrono>
#include <thread>

#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

std::string nobody(Host& host) { return host.is_ipv6() ? "2001:db8::99" : "192.0.2.99"; }

// Only a device that resolves addresses has neighbours to wait for.
void resolve(Host& host) {
  if (host.is_ipv6()) host.ip({"link set tap0 arp on"});
}

// Nobody is even asked.
void failed_at_once(Host& host, int count) {
  resolve(host);
  host.family_sysctl("neigh.tap0.mcast_solicit", "0");
  host.send(nobody(host), count);
}

// The queue holds one, whatever its size.
void queue_full(Host& host, int count) {
  resolve(host);
  host.family_sysctl("neigh.tap0.unres_qlen_bytes", "1");
  host.send(nobody(host), count + 1);
  host.ip({"neighbour replace " + nobody(host) + " lladdr 02:00:00:00:77:99 dev tap0"});
}

void waited_in_vain(Host& host, int count) {
  resolve(host);
  host.family_sysctl("neigh.tap0.unres_qlen", std::to_string(2 * count));
  host.family_sysctl("neigh.tap0.mcast_solicit", "1");
  host.family_sysctl("neigh.tap0.retrans_time_ms", "300");
  host.send(nobody(host), count);
  std::this_thread::sleep_for(std::chrono::milliseconds(700));
}

constexpr Cause kCauses[] = {
    {"neighbour_that_failed", Family::kIpv4, failed_at_once},
    {"neighbour_that_failed", Family::kIpv6, failed_at_once},
    {"neighbour_queue_full", Family::kIpv4, queue_full},
    {"neighbour_queue_full", Family::kIpv6, queue_full},
    {"packets_that_waited_for_a_neighbour_in_vain", Family::kIpv4, waited_in_vain},
    {"packets_that_waited_for_a_neighbour_in_vain", Family::kIpv6, waited_in_vain},
};

}  // namespace

std::span<const Cause> neighbour_causes() { return kCauses; }

}  // namespace packetdrop::provoke
