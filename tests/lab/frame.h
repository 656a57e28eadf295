// SPDX-License-Identifier: Apache-2.0
// Builds Ethernet frames, header by header, for the parser's tests and for the raw sender.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "model/probe.h"

namespace packetdrop::lab {

using Bytes = std::vector<std::uint8_t>;

// Concatenation: ethernet(…) + ipv4(…) + udp(…).
Bytes operator+(Bytes left, const Bytes& right);

// `count` zero bytes.
Bytes zeros(std::size_t count);

// Two distinct unicast MAC addresses; nobody has the destination, so no stack answers.
Bytes ethernet(std::uint16_t type);
// The four bytes behind an EtherType of 0x8100 or 0x88a8: tag and the next EtherType.
Bytes vlan_tag(std::uint16_t next_type);

inline constexpr std::uint16_t kMoreFragments = 0x2000;
// `fragment`: flags and offset (in units of 8 bytes). Total length and checksum are filled in.
Bytes ipv4(std::uint8_t protocol, const Bytes& payload, std::uint16_t fragment = 0,
           std::size_t option_bytes = 0);
Bytes ipv6(std::uint8_t next, const Bytes& payload);
// Hop-by-hop, routing or destination options: 8 × (extra + 1) bytes.
Bytes extension(std::uint8_t next, std::uint8_t extra = 0);
Bytes fragment_header(std::uint8_t next, std::uint16_t offset_and_flags);
Bytes authentication(std::uint8_t next, std::uint8_t words = 4);

Bytes udp(std::size_t payload);
// A reset, which nobody answers.
Bytes tcp_reset(std::size_t payload);
Bytes tcp_data(std::size_t payload);

// A frame and the key under which every hook that sees its headers has to count it.
struct FrameCase {
  std::string name;
  Bytes frame;
  pd_key key;
};
// One or more for every rule of the parser.
std::vector<FrameCase> frame_cases();

}  // namespace packetdrop::lab
