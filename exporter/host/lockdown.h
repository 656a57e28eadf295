// SPDX-License-Identifier: Apache-2.0
// Reads the kernel's lockdown level.
#pragma once

#include <optional>
#include <string>

namespace packetdrop {

// "none", "integrity" or "confidentiality"; nothing if unknown. If securityfs is not mounted, it is
// read through a detached mount that no other process sees (needs CAP_SYS_ADMIN).
std::optional<std::string> read_lockdown(const std::string& sysfs);

// The level in brackets: "none [integrity] confidentiality" → "integrity".
std::optional<std::string> selected_level(const std::string& text);

}  // namespace packetdrop
