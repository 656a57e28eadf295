// SPDX-License-Identifier: Apache-2.0
// Senders that know exactly what they sent.
#include "lab/sender.h"

#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lab/endpoint.h"

namespace packetdrop::lab {
namespace {

constexpr std::uint16_t kDiscardPort = 9;

// struct virtio_net_hdr; <linux/virtio_net.h> names a field "class".
struct VnetHeader {
  std::uint8_t flags;
  std::uint8_t gso_type;
  std::uint16_t hdr_len;
  std::uint16_t gso_size;
  std::uint16_t csum_start;
  std::uint16_t csum_offset;
};
constexpr std::uint8_t kNeedsChecksum = 1;  // VIRTIO_NET_HDR_F_NEEDS_CSUM

Result<UniqueFd> packet_socket(const std::string& device) {
  UniqueFd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!fd) return system_error("a packet socket", errno);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_ifindex = static_cast<int>(if_nametoindex(device.c_str()));
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
    return system_error(device, errno);
  return fd;
}

// A full send buffer is waited for: everything asked for is sent, or it is an error.
Result<void> send_all(int fd, const Bytes& bytes, int count) {
  for (int i = 0; i < count; i++) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n != static_cast<ssize_t>(bytes.size())) return system_error("sending", errno);
  }
  return {};
}

// Calls `use` with a UDP socket in that namespace and with port 9 of `address`.
template <typename Use>
Result<void> on_datagram_socket(const NetNs& ns, const std::string& address, Use use) {
  const Endpoint to(address, kDiscardPort);
  Result<void> result = Error{.code = 0, .message = "the namespace cannot be entered"};
  ns.run([&] {
    const UniqueFd fd(socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    result = fd ? use(fd.get(), to.get(), to.size()) : system_error("a UDP socket", errno);
  });
  return result;
}

}  // namespace

Result<FrameSender> FrameSender::open(const NetNs& ns, const std::string& device) {
  Result<UniqueFd> plain = Error{.code = 0, .message = "the namespace cannot be entered"};
  Result<UniqueFd> gso = Error{.code = 0, .message = "the namespace cannot be entered"};
  ns.run([&] {
    plain = packet_socket(device);
    gso = packet_socket(device);
  });
  if (!plain) return plain.error();
  if (!gso) return gso.error();
  const int on = 1;
  if (setsockopt(gso->get(), SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)) != 0)
    return system_error("PACKET_VNET_HDR", errno);
  return FrameSender(*std::move(plain), *std::move(gso));
}

Result<void> FrameSender::send(const Bytes& frame, int count) {
  return send_all(plain_.get(), frame, count);
}

Result<void> FrameSender::send_gso(const Bytes& frame, std::uint8_t gso_type,
                                   std::uint16_t gso_size, std::uint16_t transport,
                                   std::uint16_t checksum_offset, int count) {
  VnetHeader header{};
  header.flags = kNeedsChecksum;
  header.gso_type = gso_type;
  header.gso_size = gso_size;
  header.hdr_len = transport + 20;
  header.csum_start = transport;
  header.csum_offset = checksum_offset;
  Bytes message(sizeof(header));
  std::memcpy(message.data(), &header, sizeof(header));
  return send_all(gso_.get(), std::move(message) + frame, count);
}

Result<TapSender> TapSender::open(const NetNs& ns, const std::string& device) {
  ifreq request{};
  request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_NAPI;
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  UniqueFd tap;
  int code = 0;
  // The device is made in the namespace in which the file was opened.
  ns.run([&] {
    tap.reset(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    if (!tap || ioctl(tap.get(), TUNSETIFF, &request) != 0) code = errno;
  });
  if (code != 0) return system_error("a tap device", code);
  if (const auto up = ns.ip("link set " + device + " addrgenmode none up"); !up) return up.error();
  return TapSender(std::move(tap));
}

Result<void> TapSender::send(const Bytes& frame, int count) {
  return send_all(tap_.get(), frame, count);
}

Result<UniqueFd> open_sink(const NetNs& ns) {
  Result<UniqueFd> sink = Error{.code = 0, .message = "the namespace cannot be entered"};
  ns.run([&] {
    UniqueFd fd(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in6 any{};
    any.sin6_family = AF_INET6;
    any.sin6_port = htons(kDiscardPort);
    if (!fd || bind(fd.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any)) != 0)
      sink = system_error("a sink", errno);
    else
      sink = std::move(fd);
  });
  return sink;
}

std::size_t receive_datagram(const UniqueFd& sink) {
  constexpr int kMilliseconds = 1000;
  pollfd ready{.fd = sink.get(), .events = POLLIN, .revents = 0};
  if (poll(&ready, 1, kMilliseconds) != 1) return 0;
  char byte = 0;
  const ssize_t n = recv(sink.get(), &byte, sizeof(byte), MSG_TRUNC);
  return n < 0 ? 0 : static_cast<std::size_t>(n);
}

Result<void> send_datagrams(const NetNs& ns, const std::string& address, std::size_t payload,
                            int count) {
  return on_datagram_socket(ns, address, [&](int fd, const sockaddr* to, socklen_t size) {
    if (connect(fd, to, size) != 0) return Result<void>(system_error(address, errno));
    return send_all(fd, zeros(payload), count);
  });
}

Result<void> drop_datagrams(const NetNs& ns, const std::string& address, int count) {
  // Without a connection, the ICMP answers that it cannot be delivered reach nobody.
  return on_datagram_socket(ns, address, [&](int fd, const sockaddr* to, socklen_t size) {
    for (int i = 0; i < count; i++)
      if (sendto(fd, "", 1, 0, to, size) != 1) return Result<void>(system_error(address, errno));
    return Result<void>();
  });
}

}  // namespace packetdrop::lab
