// SPDX-License-Identifier: Apache-2.0
// What the log says at the start: which program on which kernel, where it listens, what it counts.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/options.h"
#include "model/finding.h"
#include "model/reading.h"

namespace packetdrop {

// Version and kernel release.
void log_program();

// One line per address, with the URL to open if it has one.
void log_addresses(std::span<const std::string> addresses, bool tls);

// The URL of the page of a server that listens at `address`, for a browser on this machine; empty
// for a Unix socket.
std::string page_url(const std::string& address, bool tls);

// What counts, and how each hook is attached. If something is missing: what and why, then the
// preflight findings. `why_none` is the error of the activation; used if there is no reading.
void log_counting(const Options& options, std::span<const SourceReading> readings,
                  std::span<const Finding> findings, const std::string& why_none);

}  // namespace packetdrop
