// SPDX-License-Identifier: Apache-2.0
// Builds Ethernet frames, header by header.
#include "lab/frame.h"

namespace packetdrop::lab {
namespace {

void put16(Bytes& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

std::uint16_t internet_checksum(const Bytes& bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2)
    sum += static_cast<std::uint32_t>(bytes[i]) << 8 | bytes[i + 1];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

Bytes tcp(std::uint8_t flags, std::size_t payload) {
  Bytes out = zeros(20 + payload);
  put16(out, 0, 40000);
  put16(out, 2, 7);
  out[12] = 5 << 4;
  out[13] = flags;
  return out;
}

}  // namespace

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes zeros(std::size_t count) { return Bytes(count, 0); }

Bytes ethernet(std::uint16_t type) {
  Bytes out = {0x02, 0, 0, 0, 0x77, 0x01, 0x02, 0, 0, 0, 0x77, 0x02, 0, 0};
  put16(out, 12, type);
  return out;
}

Bytes vlan_tag(std::uint16_t next_type) {
  Bytes out = {0, 5, 0, 0};
  put16(out, 2, next_type);
  return out;
}

Bytes ipv4(std::uint8_t protocol, const Bytes& payload, std::uint16_t fragment,
           std::size_t option_bytes) {
  Bytes header = zeros(20 + option_bytes);
  header[0] = static_cast<std::uint8_t>(4 << 4 | header.size() / 4);
  put16(header, 2, static_cast<std::uint16_t>(header.size() + payload.size()));
  put16(header, 6, fragment);
  header[8] = 64;
  header[9] = protocol;
  const Bytes addresses = {192, 0, 2, 1, 192, 0, 2, 2};
  std::copy(addresses.begin(), addresses.end(), header.begin() + 12);
  put16(header, 10, internet_checksum(header));
  return header + payload;
}

Bytes ipv6(std::uint8_t next, const Bytes& payload) {
  Bytes header = zeros(40);
  header[0] = 6 << 4;
  put16(header, 4, static_cast<std::uint16_t>(payload.size()));
  header[6] = next;
  header[7] = 64;
  const Bytes prefix = {0x20, 0x01, 0x0d, 0xb8};
  std::copy(prefix.begin(), prefix.end(), header.begin() + 8);
  std::copy(prefix.begin(), prefix.end(), header.begin() + 24);
  header[23] = 1;
  header[39] = 2;
  return header + payload;
}

Bytes extension(std::uint8_t next, std::uint8_t extra) {
  Bytes out = zeros(8 * (extra + 1U));
  out[0] = next;
  out[1] = extra;
  out[2] = 1;  // PadN over the rest
  out[3] = static_cast<std::uint8_t>(out.size() - 4);
  return out;
}

Bytes fragment_header(std::uint8_t next, std::uint16_t offset_and_flags) {
  Bytes out = zeros(8);
  out[0] = next;
  put16(out, 2, offset_and_flags);
  return out;
}

Bytes authentication(std::uint8_t next, std::uint8_t words) {
  Bytes out = zeros(4 * (words + 2U));
  out[0] = next;
  out[1] = words;
  return out;
}

Bytes udp(std::size_t payload) {
  Bytes out = zeros(8 + payload);
  put16(out, 0, 40000);
  put16(out, 2, 9);
  put16(out, 4, static_cast<std::uint16_t>(out.size()));
  return out;
}

Bytes tcp_reset(std::size_t payload) { return tcp(0x04, payload); }
Bytes tcp_data(std::size_t payload) { return tcp(0x10, payload); }

}  // namespace packetdrop::lab
