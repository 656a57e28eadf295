// SPDX-License-Identifier: Apache-2.0
// Frames to the host that drops, sealed with right checksums, and the means to damage them.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "lab/frame.h"

namespace packetdrop::provoke {

using lab::Bytes;
using lab::operator+;

enum class Family { kIpv4, kIpv6, kArp, kOther };

inline constexpr std::uint16_t kEtherIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherArp = 0x0806;
inline constexpr std::uint16_t kEtherIpv6 = 0x86dd;
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;
inline constexpr std::uint8_t kIcmpv6 = 58;
inline constexpr std::uint8_t kSctp = 132;
inline constexpr std::uint8_t kNobodysProtocol = 253;  // for experiments (RFC 3692)

inline constexpr std::size_t kIp = 14;  // where the IP header of a frame begins

// Where the header behind the fixed IP header begins.
std::size_t transport(Family family);

// Bytes of `frame` from `at` on replaced.
Bytes with(Bytes frame, std::size_t at, std::initializer_list<std::uint8_t> bytes);
Bytes with(Bytes frame, std::size_t at, const Bytes& bytes);
Bytes with16(Bytes frame, std::size_t at, std::uint16_t value);
Bytes with32(Bytes frame, std::size_t at, std::uint32_t value);
Bytes cut(Bytes frame, std::size_t size);

// Fills in the checksums of IPv4, TCP, UDP, ICMP and ICMPv6.
Bytes seal(Bytes frame);

// From 192.0.2.1 to 192.0.2.2, or from 2001:db8::1 to 2001:db8::2: sealed.
Bytes packet(Family family, std::uint8_t protocol, const Bytes& payload);
// The same packet from or to another address; sealed again.
Bytes from(const Bytes& frame, const std::string& address);
Bytes to(const Bytes& frame, const std::string& address);

// A datagram of 22 bytes to port 9.
Bytes datagram(Family family);

}  // namespace packetdrop::provoke
