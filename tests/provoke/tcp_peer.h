// SPDX-License-Identifier: Apache-2.0
// The other end of a TCP connection with the host, made by hand: any segment at any time.
#pragma once

#include "provoke/host.h"

namespace packetdrop::provoke {

inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kAck = 0x10;

inline constexpr std::uint16_t kPort = 7;
inline constexpr std::uint16_t kOurPort = 40000;

struct Segment {
  std::uint8_t flags = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  std::size_t payload = 0;
  Bytes options = {};  // a multiple of four bytes
  std::uint16_t from = kOurPort;
};
// A frame with it, sealed.
Bytes segment(Family family, const Segment& segment);

// The timestamps option (RFC 7323), padded.
Bytes timestamps(std::uint32_t value, std::uint32_t echo);

// A socket of the host's that listens on kPort.
UniqueFd listener(Host& host, int backlog = 1);

// Sends a SYN and returns the sequence number of what answers it.
std::uint32_t synchronise(Host& host, const Segment& syn);

class TcpPeer {
 public:
  struct Options {
    int receive_buffer = 0;  // of the host's socket; 0: as it comes
    bool timestamps = false;
  };
  // Shakes hands.
  explicit TcpPeer(Host& host) : TcpPeer(host, Options{}) {}
  TcpPeer(Host& host, const Options& options);
  // Closes by a reset from the host, so that nothing has to be said or freed later.
  ~TcpPeer();

  // `seq` and `ack` are relative to what the host expects now.
  void send(Segment relative, int count = 1);
  // `bytes` that the host takes: seq moves on.
  void send_data(std::size_t bytes);

  // How many bytes the host said that it can take.
  std::size_t window() const { return window_; }
  std::uint32_t timestamp() const { return timestamp_; }
  const UniqueFd& socket() const { return accepted_; }

 private:
  Bytes options() const;

  Host& host_;
  UniqueFd accepted_;
  bool timestamps_;
  std::uint32_t seq_ = 1000000;
  std::uint32_t ack_ = 0;
  std::uint32_t timestamp_ = 500000;
  std::size_t window_ = 0;
};

}  // namespace packetdrop::provoke
