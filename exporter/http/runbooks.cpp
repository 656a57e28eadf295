// SPDX-License-Identifier: Apache-2.0
// Runbooks as HTML pages.
#include "http/runbooks.h"

#include <algorithm>
#include <optional>

#include "http/html.h"
#include "http/landing_style.h"

namespace packetdrop {
namespace {

constexpr std::string_view kSuffix = ".md";

std::string head(std::string_view title) {
  std::string out =
      "<!DOCTYPE html><html lang=en><head><meta charset=utf-8>"
      "<meta name=viewport content=\"width=device-width, initial-scale=1\"><title>";
  out.append(escape(title)).append("</title><link rel=icon href=\"data:,\"><style>");
  out.append(kLandingStyle)
      .append("pre.text { white-space: pre-wrap; }</style></head><body><main>");
  return out.append("<nav><a href=\"/\">Exporter</a><a href=\"/runbooks/\">Runbooks</a></nav>");
}

constexpr std::string_view kEnd = "</main></body></html>\n";

std::string link(const Runbook& runbook, std::string_view text) {
  return "<a href=\"/runbooks/" + escape(runbook.name) + "\">" + escape(text) + "</a>";
}

struct Link {
  std::string_view text;
  const Runbook* target;
  std::size_t size;  // of all of it in Markdown
};

// "[TEXT](NAME.md)" at the front of `text`, where NAME is a runbook.
std::optional<Link> leading_link(std::string_view text) {
  const std::size_t label_end = text.find_first_of("[]\n", 1);
  if (!text.starts_with('[') || label_end == text.npos) return std::nullopt;
  std::string_view target = text.substr(label_end);
  if (!target.starts_with("](")) return std::nullopt;
  target = target.substr(2, target.find(')') - 2);
  const std::size_t size = label_end + 2 + target.size() + 1;
  if (size > text.size() || !target.ends_with(kSuffix)) return std::nullopt;
  target.remove_suffix(kSuffix.size());
  const Runbook* const runbook = find_runbook(target);
  if (runbook == nullptr) return std::nullopt;
  return Link{.text = text.substr(1, label_end - 1), .target = runbook, .size = size};
}

}  // namespace

const Runbook* find_runbook(std::string_view name) {
  const auto found = std::ranges::lower_bound(runbooks(), name, {}, &Runbook::name);
  return found != runbooks().end() && found->name == name ? &*found : nullptr;
}

std::string render_runbook(const Runbook& runbook) {
  std::string out = head(runbook.name) + "<section><pre class=text>";
  std::string_view rest = runbook.text;
  while (!rest.empty()) {
    if (const auto found = leading_link(rest)) {
      out += link(*found->target, found->text);
      rest.remove_prefix(found->size);
      continue;
    }
    const std::size_t next = std::min(rest.find('[', 1), rest.size());
    out += escape(rest.substr(0, next));
    rest.remove_prefix(next);
  }
  return out.append("</pre></section>").append(kEnd);
}

std::string render_runbook_index() {
  std::string out = head("Runbooks") +
                    "<section><h2>Runbooks</h2><p class=soft>What each alert means and what to do, "
                    "and the same for each class of drops.</p><ul>";
  for (const Runbook& runbook : runbooks())
    out.append("<li>").append(link(runbook, runbook.name)).append("</li>");
  return out.append("</ul></section>").append(kEnd);
}

}  // namespace packetdrop
