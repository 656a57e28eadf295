// SPDX-License-Identifier: Apache-2.0
// The capabilities of a thread. Threads begin with those of the thread that makes them.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "base/result.h"

namespace packetdrop {

class CapabilitySet {
 public:
  constexpr CapabilitySet() = default;
  constexpr explicit CapabilitySet(std::uint64_t mask) : mask_(mask) {}
  constexpr CapabilitySet(std::initializer_list<int> capabilities) {  // CAP_BPF, …
    for (const int capability : capabilities) add(capability);
  }

  constexpr void add(int capability) { mask_ |= std::uint64_t{1} << capability; }
  constexpr bool has(int capability) const { return mask_ >> capability & 1; }
  constexpr std::uint64_t mask() const { return mask_; }
  constexpr CapabilitySet operator&(CapabilitySet other) const {
    return CapabilitySet(mask_ & other.mask_);
  }

  bool operator==(const CapabilitySet&) const = default;

 private:
  std::uint64_t mask_ = 0;  // bit n is capability n, as in /proc/PID/status
};

// Those that the calling thread can use now.
CapabilitySet effective_capabilities();

// Gives up every other capability of the calling thread for good, out of the bounding set too where
// CAP_SETPCAP allows that. What the thread does not have it does not get.
Result<void> keep_only(CapabilitySet kept);

// Nobody but root reads the memory of this process, by ptrace or from a core: it holds keys and
// packets' addresses. Its own files in /proc stay readable to itself.
Result<void> forbid_dumps();

// No program that this thread or one that it makes executes can gain a privilege.
Result<void> renounce_new_privileges();

}  // namespace packetdrop
