// SPDX-License-Identifier: Apache-2.0
// The exporter put together from its options: privileges, sources, controller and service.
#pragma once

#include "config/options.h"

namespace packetdrop {

inline constexpr int kCannotServe = 1;  // exit code

// Counts and serves until SIGTERM or SIGINT, then switches off what this process switched on.
// Returns the exit code; an error is logged. Call it once, before any other thread exists.
int run_exporter(const Options& options);

}  // namespace packetdrop
