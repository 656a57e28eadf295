// SPDX-License-Identifier: Apache-2.0
// Senders that know exactly what they sent.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "lab/frame.h"
#include "lab/netns.h"

namespace packetdrop::lab {

// Frames as they are, through dev_queue_xmit() of one device.
class FrameSender {
 public:
  static Result<FrameSender> open(const NetNs& ns, const std::string& device);

  Result<void> send(const Bytes& frame, int count);

  // One TCP or UDP frame that the kernel is to take for many of `gso_size` bytes of payload each;
  // it comes without gso_segs, as from a virtual machine. `transport`: offset of its header.
  Result<void> send_gso(const Bytes& frame, std::uint8_t gso_type, std::uint16_t gso_size,
                        std::uint16_t transport, std::uint16_t checksum_offset, int count);

 private:
  FrameSender(UniqueFd plain, UniqueFd gso) : plain_(std::move(plain)), gso_(std::move(gso)) {}
  UniqueFd plain_;
  UniqueFd gso_;  // with PACKET_VNET_HDR
};

// Frames that arrive on a tap device, through NAPI and GRO as from a driver. The device goes with
// this object.
class TapSender {
 public:
  static Result<TapSender> open(const NetNs& ns, const std::string& device);

  Result<void> send(const Bytes& frame, int count);

 private:
  explicit TapSender(UniqueFd tap) : tap_(std::move(tap)) {}
  UniqueFd tap_;
};

// A socket on UDP port 9 of both families that nobody reads: what it cannot hold is dropped, and no
// sender is ever answered.
Result<UniqueFd> open_sink(const NetNs& ns);

// The size of the next datagram in a sink, which is taken out; 0 if none comes within a second.
std::size_t receive_datagram(const UniqueFd& sink);

// `count` datagrams of `payload` bytes to port 9 of `address`, where a sink must be.
Result<void> send_datagrams(const NetNs& ns, const std::string& address, std::size_t payload,
                            int count);

// `count` datagrams to port 9 of `address`, where no sink may be: each is dropped.
Result<void> drop_datagrams(const NetNs& ns, const std::string& address, int count);

}  // namespace packetdrop::lab
