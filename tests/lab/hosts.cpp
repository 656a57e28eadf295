// SPDX-License-Identifier: Apache-2.0
// Two hosts on one cable: namespaces joined by a veth pair.
#include "lab/hosts.h"

#include <chrono>
#include <thread>

namespace packetdrop::lab {
namespace {

// Multicast reports for a new address come twice, within a second each (RFC 3810, 9.11).
constexpr auto kReports = std::chrono::milliseconds(2500);

Result<void> address(const NetNs& ns, const std::string& device, const std::string& prefix,
                     const std::string& own, const std::string& other, const std::string& mac) {
  const std::string length = prefix.back() == ':' ? "/64 nodad" : "/24";
  if (auto done = ns.ip("address add " + prefix + own + length + " dev " + device); !done)
    return done;
  return ns.ip("neighbour add " + prefix + other + " lladdr " + mac + " dev " + device);
}

}  // namespace

Result<Hosts> Hosts::create(bool with_ipv6) {
  auto a = with_ipv6 ? NetNs::create() : NetNs::create_without_ipv6();
  if (!a) return a.error();
  auto b = with_ipv6 ? NetNs::create() : NetNs::create_without_ipv6();
  if (!b) return b.error();
  Hosts hosts{.sender = *std::move(a), .receiver = *std::move(b)};
  if (with_ipv6)
    for (const NetNs* ns : {&hosts.sender, &hosts.receiver})
      if (const auto done = ns->sysctl("net.ipv6.conf.default.router_solicitations", "0"); !done)
        return done.error();

  const std::string pair =
      "link add tx0 address 02:00:00:00:00:0a type veth peer name rx0 address 02:00:00:00:00:0b "
      "netns " +
      hosts.receiver.path();
  for (const auto& [ns, command] :
       {std::pair(&hosts.sender, pair),
        std::pair(&hosts.sender, std::string("link set tx0 addrgenmode none up")),
        std::pair(&hosts.receiver, std::string("link set rx0 addrgenmode none up"))})
    if (const auto done = ns->ip(command); !done) return done.error();
  for (const auto& [ns, device] :
       {std::pair(&hosts.sender, "tx0"), std::pair(&hosts.receiver, "rx0")})
    if (const auto done = ns->await_carrier(device); !done) return done.error();
  return hosts;
}

Result<void> Hosts::give_addresses(bool ipv6) const {
  for (const std::string prefix : {"192.0.2.", "2001:db8::"}) {
    if (prefix.back() == ':' && !ipv6) continue;
    if (auto done = address(sender, "tx0", prefix, "1", "2", "02:00:00:00:00:0b"); !done)
      return done;
    if (auto done = address(receiver, "rx0", prefix, "2", "1", "02:00:00:00:00:0a"); !done)
      return done;
  }
  if (ipv6) std::this_thread::sleep_for(kReports);
  return {};
}

}  // namespace packetdrop::lab
