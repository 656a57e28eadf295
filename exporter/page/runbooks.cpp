// SPDX-License-Identifier: Apache-2.0
// Runbooks as HTML pages.
#include "page/runbooks.h"

#include <algorithm>

#include "page/frame.h"
#include "page/html.h"

namespace packetdrop {

const Runbook* find_runbook(std::string_view name) {
  const auto found = std::ranges::lower_bound(runbooks(), name, {}, &Runbook::name);
  return found != runbooks().end() && found->name == name ? &*found : nullptr;
}

std::string render_runbook(const Runbook& runbook) {
  const bool is_index = &runbook == &runbook_index();
  const std::string title = is_index ? "Runbooks" : escape(runbook.name);
  std::string out = "<nav><a href=\"/\">Exporter</a><a href=\"/runbooks/\">Runbooks</a>";
  if (!is_index) out.append("<a href=\"/runbooks/").append(title).append(".md\">Markdown</a>");
  out.append("</nav><section><article>").append(runbook.html).append("</article></section>");
  return render_page(title + " – packetdrop-exporter", out);
}

}  // namespace packetdrop
