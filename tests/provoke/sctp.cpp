// SPDX-License-Identifier: Apache-2.0
// SCTP, where the kernel speaks it and where it does not.
#include "base/file.h"
#include "provoke/cause.h"

namespace packetdrop::provoke {
namespace {

// The CRC32c that SCTP has for a checksum (RFC 9260, appendix A), as it stands on the wire.
Bytes crc32c(const Bytes& bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  crc = ~crc;
  return {static_cast<std::uint8_t>(crc), static_cast<std::uint8_t>(crc >> 8),
          static_cast<std::uint8_t>(crc >> 16), static_cast<std::uint8_t>(crc >> 24)};
}

// An ABORT, which nobody answers.
Bytes sealed_abort() {
  Bytes out = with16(with16(lab::zeros(16), 0, 40000), 2, 7);
  out = with(std::move(out), 12, {6, 0, 0, 4});
  return with(out, 8, crc32c(out));
}

bool speaks_sctp() {
  const auto protocols = read_file("/proc/net/protocols");
  return protocols && protocols->find("\nSCTP") != std::string::npos;
}

void require(Host& host, bool wanted) {
  if (speaks_sctp() != wanted)
    host.not_applicable(wanted ? "SCTP is not loaded here" : "SCTP is loaded here");
}

void not_spoken(Host& host, int count) {
  require(host, false);
  host.write(packet(host.family(), kSctp, sealed_abort()), count);
}

void no_association(Host& host, int count) {
  require(host, true);
  host.write(packet(host.family(), kSctp, sealed_abort()), count);
}

void bad_checksum(Host& host, int count) {
  require(host, true);
  host.write(packet(host.family(), kSctp, with(sealed_abort(), 8, {0xba, 0xd0})), count);
}

constexpr Cause kCauses[] = {
    {"sctp_to_a_host_that_does_not_speak_it", Family::kIpv4, not_spoken},
    {"sctp_to_a_host_that_does_not_speak_it", Family::kIpv6, not_spoken},
    {"sctp_without_an_association", Family::kIpv4, no_association},
    {"sctp_without_an_association", Family::kIpv6, no_association},
    {"bad_sctp_checksum", Family::kIpv4, bad_checksum},
    {"bad_sctp_checksum", Family::kIpv6, bad_checksum},
};

}  // namespace

std::span<const Cause> sctp_causes() { return kCauses; }

}  // namespace packetdrop::provoke
