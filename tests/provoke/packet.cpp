// SPDX-License-Identifier: Apache-2.0
// Frames to the host that drops, sealed with right checksums, and the means to damage them.
#include "provoke/packet.h"

#include <arpa/inet.h>

#include <algorithm>

namespace packetdrop::provoke {
namespace {

bool is_ipv6(const Bytes& frame) { return frame[12] == 0x86; }

std::uint32_t sum16(const Bytes& bytes, std::size_t from, std::size_t end) {
  std::uint32_t sum = 0;
  for (std::size_t i = from; i < end; i += 2)
    sum += static_cast<std::uint32_t>(bytes[i]) << 8 | (i + 1 < end ? bytes[i + 1] : 0);
  return sum;
}

std::uint16_t fold(std::uint32_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// Where in its header a protocol keeps its checksum; 0 for one that this file does not know.
std::size_t checksum_offset(std::uint8_t protocol) {
  switch (protocol) {
    case kTcp:
      return 16;
    case kUdp:
      return 6;
    case kIcmp:
    case kIcmpv6:
      return 2;
    default:
      return 0;
  }
}

Bytes address_bytes(const std::string& address) {
  Bytes out(address.find(':') == std::string::npos ? 4 : 16);
  inet_pton(out.size() == 4 ? AF_INET : AF_INET6, address.c_str(), out.data());
  return out;
}

}  // namespace

std::size_t transport(Family family) { return kIp + (family == Family::kIpv6 ? 40 : 20); }

Bytes with(Bytes frame, std::size_t at, const Bytes& bytes) {
  std::ranges::copy(bytes, frame.begin() + static_cast<std::ptrdiff_t>(at));
  return frame;
}

Bytes with(Bytes frame, std::size_t at, std::initializer_list<std::uint8_t> bytes) {
  return with(std::move(frame), at, Bytes(bytes));
}

Bytes with16(Bytes frame, std::size_t at, std::uint16_t value) {
  return with(std::move(frame), at,
              {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)});
}

Bytes with32(Bytes frame, std::size_t at, std::uint32_t value) {
  frame = with16(std::move(frame), at, static_cast<std::uint16_t>(value >> 16));
  return with16(std::move(frame), at + 2, static_cast<std::uint16_t>(value));
}

Bytes cut(Bytes frame, std::size_t size) {
  frame.resize(size);
  return frame;
}

Bytes seal(Bytes frame) {
  const bool v6 = is_ipv6(frame);
  const std::size_t header = v6 ? 40 : (frame[kIp] & 0xfU) * 4U;
  const std::size_t at = kIp + header;
  if (!v6) {
    frame = with16(std::move(frame), kIp + 10, 0);
    const std::uint16_t checksum = fold(sum16(frame, kIp, at));
    frame = with16(std::move(frame), kIp + 10, checksum);
  }
  const std::uint8_t protocol = frame[kIp + (v6 ? 6 : 9)];
  const std::size_t offset = checksum_offset(protocol);
  if (offset == 0 || frame.size() < at + offset + 2) return frame;

  frame = with16(std::move(frame), at + offset, 0);
  std::uint32_t sum = sum16(frame, at, frame.size());
  if (protocol != kIcmp) {  // the pseudo header
    sum += sum16(frame, kIp + (v6 ? 8 : 12), kIp + (v6 ? 40 : 20));
    sum += static_cast<std::uint32_t>(frame.size() - at) + protocol;
  }
  return with16(std::move(frame), at + offset, fold(sum));
}

Bytes packet(Family family, std::uint8_t protocol, const Bytes& payload) {
  return family == Family::kIpv6 ? seal(lab::ethernet(kEtherIpv6) + lab::ipv6(protocol, payload))
                                 : seal(lab::ethernet(kEtherIpv4) + lab::ipv4(protocol, payload));
}

Bytes from(const Bytes& frame, const std::string& address) {
  return seal(with(frame, kIp + (is_ipv6(frame) ? 8 : 12), address_bytes(address)));
}

Bytes to(const Bytes& frame, const std::string& address) {
  return seal(with(frame, kIp + (is_ipv6(frame) ? 24 : 16), address_bytes(address)));
}

Bytes datagram(Family family) { return packet(family, kUdp, lab::udp(22)); }

}  // namespace packetdrop::provoke
