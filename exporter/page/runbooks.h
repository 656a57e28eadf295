// SPDX-License-Identifier: Apache-2.0
// The runbooks of deploy/prometheus/runbooks, as of the build.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace packetdrop {

struct Runbook {
  std::string_view name;  // "PacketDropSpike"
  std::string_view text;  // Markdown
  std::string_view html;  // the same, as runbook.sed leaves it: links lead to /runbooks/NAME
};

// Ascending by name.
std::span<const Runbook> runbooks();

// The list of all runbooks.
const Runbook& runbook_index();

// Null if there is no such runbook.
const Runbook* find_runbook(std::string_view name);

// A page for a browser, in the style of the landing page.
std::string render_runbook(const Runbook& runbook);

}  // namespace packetdrop
