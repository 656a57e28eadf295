// SPDX-License-Identifier: Apache-2.0
// How many events the kernel says that it skipped for a program.
#pragma once

#include <cstdint>
#include <optional>

#include "sources/bpf/candidate.h"
#include "sources/bpf/kernel_btf.h"

namespace packetdrop {

// Whether skipped runs of such a program are counted by this kernel, or cannot happen.
bool misses_observable(Mechanism mechanism, const KernelBtf& btf);

// Whether this kernel lets such a program run while it already runs on the same CPU.
bool may_nest(Mechanism mechanism, const KernelBtf& btf);

// Runs of the program that were skipped since it was loaded; 0 where the kernel does not say.
std::uint64_t recursion_misses(int program_fd);

// Hits of the kprobe behind a link that were skipped; 0 where the kernel does not say.
std::uint64_t kprobe_misses(int link_fd, std::optional<std::size_t> missed_offset);

}  // namespace packetdrop
