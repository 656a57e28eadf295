// SPDX-License-Identifier: Apache-2.0
// Runbooks as HTML pages.
#include "page/runbooks.h"

#include <algorithm>

#include "page/html.h"
#include "page/landing_style.h"

namespace packetdrop {
namespace {

constexpr std::string_view kArticleStyle = R"css(
article h1 { font-size: 1.35rem; margin: 0 0 .6rem; overflow-wrap: anywhere; }
article h2 { margin: 1.4rem 0 .3rem; }
article p, article ul, article ol { margin: .5rem 0; max-width: 46rem; }
article pre { background: var(--bg); border-radius: 6px; padding: .6rem .8rem; }
article table { display: block; overflow-x: auto; margin: .6rem 0; }
article td:first-child { overflow-wrap: anywhere; min-width: 7rem; }
article td:last-child, article th:last-child { padding-right: 0; }
@media (max-width: 40rem) {
  article tr { display: flex; flex-wrap: wrap; gap: .1rem 1rem; padding: .5rem 0; }
  article tbody tr { border-top: 1px solid var(--line); }
  article td, article th { border: 0; padding: 0; }
  article td { flex-basis: 100%; overflow-wrap: anywhere; }
}
)css";

// Long names break after a "_" where a table is narrow. Only in the cells' code, where no "_" is
// part of a tag.
std::string with_breaks(std::string_view html) {
  static constexpr std::string_view kOpen = "<code>", kClose = "</code>";
  std::string out;
  bool in_cell = false, in_code = false;
  for (std::size_t at = 0; at < html.size(); at++) {
    const std::string_view rest = html.substr(at);
    if (rest.starts_with("<td>")) in_cell = true;
    if (rest.starts_with("</td>")) in_cell = false;
    if (rest.starts_with(kOpen)) in_code = true;
    if (rest.starts_with(kClose)) in_code = false;
    out += html[at];
    if (in_cell && in_code && html[at] == '_') out += "<wbr>";
  }
  return out;
}

}  // namespace

const Runbook* find_runbook(std::string_view name) {
  const auto found = std::ranges::lower_bound(runbooks(), name, {}, &Runbook::name);
  return found != runbooks().end() && found->name == name ? &*found : nullptr;
}

std::string render_runbook(const Runbook& runbook) {
  const bool is_index = &runbook == &runbook_index();
  std::string out =
      "<!DOCTYPE html><html lang=en><head><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\"><title>";
  out.append(is_index ? "Runbooks" : escape(runbook.name));
  out.append(" – packetdrop-exporter</title><link rel=icon href=\"data:,\"><style>");
  out.append(kLandingStyle).append(kArticleStyle).append("</style></head><body><main><nav>");
  out.append("<a href=\"/\">Exporter</a><a href=\"/runbooks/\">Runbooks</a>");
  if (!is_index)
    out.append("<a href=\"/runbooks/").append(escape(runbook.name)).append(".md\">Markdown</a>");
  out.append("</nav><section><article>").append(with_breaks(runbook.html));
  return out.append("</article></section></main></body></html>\n");
}

}  // namespace packetdrop
