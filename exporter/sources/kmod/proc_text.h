// SPDX-License-Identifier: Apache-2.0
// Parses the text of /proc/mooc/net/drop-packet; kmod/drop-packet.5 has the grammar.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/snapshot.h"

namespace packetdrop {

// What the text leaves to its reader.
struct ProcTextContext {
  // Names a drop reason that the module's kernel has no name for.
  std::function<std::string(std::uint32_t number)> reason_name = [](std::uint32_t) {
    return std::string(kUnknown);
  };
  std::chrono::system_clock::time_point booted = {};
};

// Strict about every line that it knows; lines, hooks and keys that it does not know are a newer
// module's and are skipped. The error names the line.
Result<Snapshot> parse_proc_text(std::string_view text, const ProcTextContext& context = {});

}  // namespace packetdrop
