// SPDX-License-Identifier: Apache-2.0
// The capabilities of a thread. A new thread starts with those of its creator.
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

// The effective capabilities of the calling thread.
CapabilitySet effective_capabilities();

// Drops every other capability of the calling thread for good, from the bounding set too if
// CAP_SETPCAP allows it. Never adds a capability.
Result<void> keep_only(CapabilitySet kept);

// Only root can read the memory of this process, by ptrace or from a core dump: it holds keys and
// packets' addresses. The process can still read its own files in /proc.
Result<void> forbid_dumps();

// Sets no_new_privs: no program that this thread or its children execute can gain privileges.
Result<void> renounce_new_privileges();

}  // namespace packetdrop
