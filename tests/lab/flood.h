// SPDX-License-Identifier: Apache-2.0
// More packets than anybody can take, each of them dropped, and how many there were.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/result.h"
#include "lab/hosts.h"
#include "lab/sender.h"

namespace packetdrop::lab {

// IPv4 TCP from one host to another, for a MAC address that nobody has. Software cuts large packets
// into many small ones, so one system call makes hundreds of drops: by the backlog of the receiving
// CPU, or by IP, which does not take what is for another host.
class Flood {
 public:
  static Result<Flood> create();

  // Once, for about that long.
  Result<void> run(std::chrono::milliseconds duration);

  // How many skbs were dropped, as the sender and the devices know it. What the devices did not see
  // was dropped before it was cut into segments, as one.
  std::uint64_t dropped() const;

 private:
  Flood(Hosts hosts, FrameSender sender) : hosts_(std::move(hosts)), sender_(std::move(sender)) {}

  Hosts hosts_;
  FrameSender sender_;
  std::uint64_t sent_ = 0;  // segments
};

}  // namespace packetdrop::lab
