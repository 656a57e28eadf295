// SPDX-License-Identifier: Apache-2.0
// A TCP transfer between two namespaces, and what the devices say of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "lab/netns.h"

namespace packetdrop::lab {

// Sends `bytes` from `client` to a listener on `address` in `server`, and returns once both ends
// have closed.
Result<void> stream_tcp(const NetNs& client, const NetNs& server, const std::string& address,
                        std::size_t bytes);

// Sends `bytes` to an echo server and reads them back, in the caller's namespace.
Result<void> echo_tcp(const std::string& address, std::uint16_t port, std::size_t bytes);

// tx_packets, tx_bytes or rx_dropped of all devices but lo in the namespace of the calling thread.
std::uint64_t device_statistic(const std::string& name);

}  // namespace packetdrop::lab
