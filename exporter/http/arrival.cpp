// SPDX-License-Identifier: Apache-2.0
// Looks at what has arrived on a socket, and leaves it there.
#include "http/arrival.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include "http/request_head.h"

namespace packetdrop {
namespace {

constexpr char kTlsHandshake = 22;         // RFC 8446, 5.1: the type of a record
constexpr std::size_t kTlsRecordHead = 5;  // bytes: type, version, length

bool has_tls_record(std::string_view received) {
  if (received.size() < kTlsRecordHead) return false;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(received[i]); };
  const std::size_t length = byte(3) * 256u + byte(4);
  // A longer one is read in parts.
  return received.size() >= std::min(kTlsRecordHead + length, kMaxHeadSize);
}

}  // namespace

bool has_request_arrived(int socket) {
  std::array<char, kMaxHeadSize> bytes;
  const ssize_t size = ::recv(socket, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size < 0) return errno != EAGAIN && errno != EWOULDBLOCK;
  if (size == 0) return true;
  const std::string_view received(bytes.data(), static_cast<std::size_t>(size));
  if (received.front() == kTlsHandshake) return has_tls_record(received);
  return received.size() == bytes.size() ||
         find_head(received).state != HeadPosition::State::kIncomplete;
}

}  // namespace packetdrop
