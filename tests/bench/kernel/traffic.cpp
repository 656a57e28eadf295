// SPDX-License-Identifier: Apache-2.0
// Packets that pass each hook once.
#include "bench/kernel/traffic.h"

#include <algorithm>

#include "bench/report.h"

namespace packetdrop::bench {
namespace {

using lab::operator+;

constexpr std::array<std::uint8_t, 6> kMac = {0x02, 0, 0, 0, 0, 0x0b};

lab::TapSender open_tap(const lab::NetNs& ns) {
  lab::TapSender tap = must(lab::TapSender::open(ns, "tap0"));
  must(ns.ip("link set tap0 address 02:00:00:00:00:0b"));
  must(ns.ip("address add 192.0.2.2/24 dev tap0"));
  return tap;
}

// To a host that nobody is: the stack drops it behind the last hook.
lab::Bytes datagram() { return lab::ethernet(0x0800) + lab::ipv4(17, lab::udp(64)); }

// To this host, of a connection that nobody has: dropped in tcp_v4_rcv().
lab::Bytes reset() {
  lab::Bytes frame = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_reset(26));
  std::ranges::copy(kMac, frame.begin());
  return frame;
}

}  // namespace

Traffic::Traffic()
    : hosts_(must(lab::Hosts::create(false))),
      tap_ns_(must(lab::NetNs::create_without_ipv6())),
      transmit_(must(lab::FrameSender::open(hosts_.sender, "tx0"))),
      receive_(open_tap(tap_ns_)) {}

void Traffic::send(pd_hook hook, int count) {
  if (hooks()[hook].direction == PD_DIRECTION_TRANSMIT)
    must(transmit_.send(datagram(), count));
  else
    must(receive_.send(reset(), count));
}

void Traffic::send_every_kind() {
  for (const lab::FrameCase& one : lab::frame_cases()) {
    must(transmit_.send(one.frame, 1));
    must(receive_.send(one.frame, 1));
  }
  must(receive_.send(reset(), 1));
}

}  // namespace packetdrop::bench
