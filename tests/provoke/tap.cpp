// SPDX-License-Identifier: Apache-2.0
// What a tap device does not take or hand on.
#include <linux/filter.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

void ring_full(Host& host, int count) {
  host.ip({"link set tap0 txqueuelen 1"});
  host.drain();
  host.send(host.peer(), count + 1);
}

void device_down(Host& host, int count) {
  host.ip({"link set tap0 down"});
  const Bytes frame = datagram(host.family());
  for (int i = 0; i < count; i++)
    if (::write(host.tap_fd("tap0"), frame.data(), frame.size()) >= 0 || errno != EIO)
      return host.fail({.code = 0, .message = "a device that is down took a frame"});
}

void socket_filter(Host& host, int count) {
  sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program = {.len = 1, .filter = &refuse};
  host.check("TUNATTACHFILTER", ioctl(host.tap_fd("tap0"), TUNATTACHFILTER, &program));
  host.send(host.peer(), count);
}

void address_filter(Host& host, int count) {
  alignas(tun_filter) std::uint8_t room[sizeof(tun_filter) + 6] = {};
  tun_filter& filter = *reinterpret_cast<tun_filter*>(room);
  filter.count = 1;
  const std::uint8_t nobody[6] = {0x02, 0, 0, 0, 0x77, 0x99};
  std::memcpy(filter.addr[0], nobody, sizeof(nobody));
  host.check("TUNSETTXFILTER", ioctl(host.tap_fd("tap0"), TUNSETTXFILTER, &filter));
  host.send(host.peer(), count);
}

constexpr Cause kCauses[] = {
    {"tap_ring_full", Family::kIpv4, ring_full},
    {"tap_ring_full", Family::kIpv6, ring_full},
    {"frame_into_a_tap_that_is_down", Family::kIpv4, device_down},
    {"frame_into_a_tap_that_is_down", Family::kIpv6, device_down},
    {"tap_socket_filter_refuses", Family::kIpv4, socket_filter},
    {"tap_socket_filter_refuses", Family::kIpv6, socket_filter},
    {"tap_address_filter_refuses", Family::kIpv4, address_filter},
    {"tap_address_filter_refuses", Family::kIpv6, address_filter},
};

}  // namespace

std::span<const Cause> tap_causes() { return kCauses; }

}  // namespace packetdrop::provoke
