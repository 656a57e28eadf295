// SPDX-License-Identifier: Apache-2.0
// The other end of a TCP connection with the host, made by hand.
#include "provoke/tcp_peer.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace packetdrop::provoke {
namespace {

std::uint32_t read32(const Bytes& bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < 4; i++) out = out << 8 | bytes[at + i];
  return out;
}

// The answer to a SYN from our port `port`.
Bytes await_answer(Host& host, std::uint16_t port) {
  const std::size_t at = transport(host.family());
  return host.read([&](const Bytes& frame) {
    return frame.size() >= at + 20 && frame[kIp + (host.is_ipv6() ? 6 : 9)] == kTcp &&
           (frame[at + 2] << 8 | frame[at + 3]) == port && frame[at + 13] == (kSyn | kAck);
  });
}

}  // namespace

Bytes segment(Family family, const Segment& segment) {
  Bytes header(20);
  header = with16(std::move(header), 0, segment.from);
  header = with16(std::move(header), 2, kPort);
  header = with32(std::move(header), 4, segment.seq);
  header = with32(std::move(header), 8, segment.ack);
  header[12] = static_cast<std::uint8_t>((20 + segment.options.size()) / 4 << 4);
  header[13] = segment.flags;
  header = with16(std::move(header), 14, 0xffff);
  return packet(family, kTcp, std::move(header) + segment.options + lab::zeros(segment.payload));
}

Bytes timestamps(std::uint32_t value, std::uint32_t echo) {
  const Bytes option = {1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0};
  return with32(with32(option, 4, value), 8, echo);
}

UniqueFd listener(Host& host, int backlog) {
  UniqueFd fd = host.socket(host.is_ipv6() ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
  sockaddr_in6 any6{};
  any6.sin6_family = AF_INET6;
  any6.sin6_port = htons(kPort);
  sockaddr_in any4{};
  any4.sin_family = AF_INET;
  any4.sin_port = htons(kPort);
  const auto* any =
      host.is_ipv6() ? reinterpret_cast<sockaddr*>(&any6) : reinterpret_cast<sockaddr*>(&any4);
  host.check("bind", bind(fd.get(), any, host.is_ipv6() ? sizeof(any6) : sizeof(any4)));
  host.check("listen", listen(fd.get(), backlog));
  return fd;
}

std::uint32_t synchronise(Host& host, const Segment& syn) {
  host.write(segment(host.family(), syn));
  const Bytes answer = await_answer(host, syn.from);
  return answer.empty() ? 0 : read32(answer, transport(host.family()) + 4);
}

TcpPeer::TcpPeer(Host& host, const Options& options)
    : host_(host), timestamps_(options.timestamps) {
  const UniqueFd listening = listener(host);
  if (options.receive_buffer > 0)
    host.check("SO_RCVBUF", setsockopt(listening.get(), SOL_SOCKET, SO_RCVBUF,
                                       &options.receive_buffer, sizeof(options.receive_buffer)));
  host.write(segment(host.family(), {.flags = kSyn, .seq = seq_ - 1, .options = this->options()}));
  const Bytes answer = await_answer(host, kOurPort);
  if (answer.empty()) return;
  const std::size_t at = transport(host.family());
  ack_ = read32(answer, at + 4) + 1;
  window_ = static_cast<std::size_t>(answer[at + 14] << 8 | answer[at + 15]);
  send({.flags = kAck});
  accepted_.reset(accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
  host.check("accept", accepted_.get());
}

TcpPeer::~TcpPeer() {
  const linger at_once = {.l_onoff = 1, .l_linger = 0};
  setsockopt(accepted_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
}

// The host has not said a time that we would have to repeat.
Bytes TcpPeer::options() const { return timestamps_ ? timestamps(timestamp_, 0) : Bytes(); }

void TcpPeer::send(Segment relative, int count) {
  relative.seq += seq_;
  relative.ack += ack_;
  if (relative.options.empty()) relative.options = options();
  host_.write(segment(host_.family(), relative), count);
}

void TcpPeer::send_data(std::size_t bytes) {
  send({.flags = kAck, .payload = bytes});
  seq_ += static_cast<std::uint32_t>(bytes);
}

}  // namespace packetdrop::provoke
