// SPDX-License-Identifier: Apache-2.0
// How much memory the kernel has taken for itself.
#pragma once

#include <iosfwd>

namespace packetdrop::hard_use {

struct KernelMemory {
  long slab = 0;  // KiB, as are the others; what can be reclaimed is not in it
  long vmalloc = 0;
  long percpu = 0;
};

KernelMemory memory_now();

// Expects that memory comes back to what it was before, but for what other parts of the kernel move
// it: so much of the slab, a little of the rest. Returns what is taken in the end.
KernelMemory expect_flat_since(const KernelMemory& before, long slab_allowance);

std::ostream& operator<<(std::ostream& out, const KernelMemory& memory);

}  // namespace packetdrop::hard_use
