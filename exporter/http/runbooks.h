// SPDX-License-Identifier: Apache-2.0
// The runbooks of deploy/prometheus/runbooks, as they were when this was built.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace packetdrop {

struct Runbook {
  std::string_view name;  // "PacketDropSpike"
  std::string_view text;  // Markdown
};

// Ascending by name.
std::span<const Runbook> runbooks();

// Null where there is none.
const Runbook* find_runbook(std::string_view name);

// A page with the text as it is and its links to other runbooks as links. They must be beside it.
std::string render_runbook(const Runbook& runbook);

// A page that links to all of them.
std::string render_runbook_index();

}  // namespace packetdrop
