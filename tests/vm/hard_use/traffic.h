// SPDX-License-Identifier: Apache-2.0
// Packets in the background, of which it is known how many there were.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>

#include "base/unique_fd.h"
#include "lab/netns.h"

namespace packetdrop::hard_use {

// IPv6/UDP over the loopback of a namespace of its own, until stopped.
class Traffic {
 public:
  Traffic();
  ~Traffic();

  // Stops, and says how many datagrams were sent in all.
  std::uint64_t stop();

 private:
  std::optional<lab::NetNs> ns_;
  UniqueFd sink_;
  std::atomic<bool> stop_ = false;
  std::uint64_t sent_ = 0;
  std::thread thread_;
};

}  // namespace packetdrop::hard_use
