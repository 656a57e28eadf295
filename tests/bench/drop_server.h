// SPDX-License-Identifier: Apache-2.0
// The exporter's server over tables of drops that no kernel has filled.
#pragma once

#include <cstddef>
#include <string>

namespace packetdrop::bench {

// With this many drops the views of the drops are full; whatever comes after them goes to their
// overflow.
inline constexpr std::size_t kShownDrops = 599;

// Serves `drops` distinct drops on `address` until the process is killed. Reading a source takes
// what the source "bpf" does, but for its system calls.
int serve_drops(const std::string& address, std::size_t drops);

}  // namespace packetdrop::bench
