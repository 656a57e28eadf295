// SPDX-License-Identifier: Apache-2.0
// Fragments that never become a packet.
#include <chrono>
#include <thread>

#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

constexpr std::uint8_t kFragment = 44;
constexpr std::size_t kPiece = 32;

// A piece of a datagram of two, from `offset` (in bytes) on.
Bytes fragment(Family family, std::uint16_t id, std::uint16_t offset, bool more) {
  const Bytes whole = packet(family, kUdp, lab::udp(2 * kPiece - 8));
  const auto begin = whole.begin() + static_cast<std::ptrdiff_t>(transport(family) + offset);
  const Bytes piece(begin, begin + kPiece);
  if (family == Family::kIpv6) {
    const Bytes header = lab::fragment_header(kUdp, static_cast<std::uint16_t>(offset | more));
    return lab::ethernet(kEtherIpv6) + lab::ipv6(kFragment, with16(header, 6, id) + piece);
  }
  const auto flags = static_cast<std::uint16_t>(offset / 8 | (more ? lab::kMoreFragments : 0));
  Bytes frame = lab::ethernet(kEtherIpv4) + lab::ipv4(kUdp, lab::zeros(kPiece), flags);
  frame = seal(with16(std::move(frame), kIp + 4, id));
  return with(std::move(frame), transport(family), piece);
}

void same_fragment_again(Host& host, int count) {
  const UniqueFd sink = host.sink();
  const Bytes first = fragment(host.family(), 1, 0, true);
  host.write(first);
  host.write(first, count);
  host.write(fragment(host.family(), 1, kPiece, false));
  Host::empty(sink);
}

// The kernel lets go of a datagram whose fragments overlap.
void overlapping_fragments(Host& host, int count) {
  for (int id = 1; id <= count; id++) {
    host.write(fragment(host.family(), static_cast<std::uint16_t>(id), 8, true));
    host.write(fragment(host.family(), static_cast<std::uint16_t>(id), 16, true));
  }
}

void rest_never_came(Host& host, int count) {
  host.family_sysctl(host.is_ipv6() ? "ip6frag_time" : "ipfrag_time", "1");
  for (int id = 1; id <= count; id++)
    host.write(fragment(host.family(), static_cast<std::uint16_t>(id), 0, true));
  std::this_thread::sleep_for(std::chrono::milliseconds(1300));
}

// Every fragment but the last is a multiple of eight bytes.
void odd_length(Host& host, int count) {
  const Bytes even = fragment(host.family(), 1, 0, true);
  host.write(with16(cut(even, even.size() - 1), kIp + 4, 8 + kPiece - 1), count);
}

constexpr Cause kCauses[] = {
    {"same_fragment_again", Family::kIpv4, same_fragment_again},
    {"same_fragment_again", Family::kIpv6, same_fragment_again},
    {"overlapping_fragments", Family::kIpv4, overlapping_fragments},
    {"overlapping_fragments", Family::kIpv6, overlapping_fragments},
    {"fragments_whose_rest_never_came", Family::kIpv4, rest_never_came},
    {"fragments_whose_rest_never_came", Family::kIpv6, rest_never_came},
    {"fragment_of_an_odd_length", Family::kIpv6, odd_length},
};

}  // namespace

std::span<const Cause> fragment_causes() { return kCauses; }

}  // namespace packetdrop::provoke
