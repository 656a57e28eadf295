// SPDX-License-Identifier: Apache-2.0
// Parses the text of /proc/mooc/net/drop-packet; kmod/drop-packet.5 has the grammar.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/snapshot.h"

namespace packetdrop {

// Strict about every line that it knows; lines, hooks and keys that it does not know are a newer
// module's and are skipped. The error names the line.
Result<Snapshot> parse_proc_text(std::string_view text);

}  // namespace packetdrop
