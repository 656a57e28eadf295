// SPDX-License-Identifier: Apache-2.0
// Turns host facts into findings: one row a check, with what to do where it bites.
#pragma once

#include <vector>

#include "model/preflight.h"
#include "sources/host/facts.h"

namespace packetdrop {

std::vector<Finding> run_preflight(const HostFacts& facts);

}  // namespace packetdrop
