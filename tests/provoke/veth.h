// SPDX-License-Identifier: Apache-2.0
// A cable from the host to another one.
#pragma once

#include <optional>

#include "lab/sender.h"
#include "provoke/host.h"

namespace packetdrop::provoke {

// veth0 in the host, up, with the MAC address of tap0; veth1 in a namespace of its own that says
// and answers nothing. Where `peer_is_up` is false, veth1 is down and has never been up.
class Veth {
 public:
  explicit Veth(Host& host, bool peer_is_up = true);

  // Gives veth0 an address of the network of far(), which is the neighbour veth1.
  void give_address();
  // From veth1, through its dev_queue_xmit().
  void write(const Bytes& frame, int count);
  // One TCP packet over IPv4, to be cut into segments of `gso_size` bytes of payload.
  void write_gso(const Bytes& frame, std::uint16_t gso_size, int count);
  void peer_ip(const std::string& command);
  void peer_command(const std::string& line);

 private:
  Host& host_;
  std::optional<lab::NetNs> far_;
  std::optional<lab::FrameSender> sender_;
};

}  // namespace packetdrop::provoke
