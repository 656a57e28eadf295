// SPDX-License-Identifier: Apache-2.0
// The drops of one source on the landing page.
#include "page/landing_drops.h"

#include <algorithm>

#include "model/drop_views.h"
#include "page/html.h"
#include "page/runbooks.h"

namespace packetdrop {
namespace {

constexpr std::size_t kShown = 10;

// Only what is nobody's intention is marked.
std::string_view mood(DropClass drop_class) {
  switch (drop_class) {
    case DropClass::kBenign:
      return "good";
    case DropClass::kCapacity:
    case DropClass::kError:
      return "bad";
    default:
      return "";
  }
}

// Leads to what to do about drops of that class.
std::string class_badge(DropClass drop_class) {
  const std::string_view label = to_string(drop_class);
  const std::string name = "class-" + std::string(label);
  std::string text = badge(label, mood(drop_class));
  if (find_runbook(name) == nullptr) return text;
  return "<a href=\"/runbooks/" + name + "\">" + text + "</a>";
}

void append_row(std::string& out, const ReasonRow& row) {
  out.append("<tr><td class=wide><code>").append(escape(row.reason)).append("</code>");
  if (const DropInfo* info = find_reason(row.reason))
    out.append("<small>").append(escape(info->sentence)).append("</small>");
  if (row.reason == kNotSpecified)
    out.append(
        "<small>Which ones: <code>functions</code> in <a href=\"/api/v1/drops\">Drops "
        "(JSON)</a>.</small>");
  out.append("<td>").append(class_badge(row.verdict.drop_class));
  out.append("<td class=soft>").append(to_string(row.verdict.layer));
  out.append("<td class=soft>").append(row.family).append("/").append(row.protocol);
  out.append("<td class=number data-label=Packets>").append(grouped(row.count)).append("</tr>");
}

}  // namespace

void append_drops(std::string& out, const Snapshot& snapshot) {
  if (!snapshot.probes[PD_PROBE_KFREE_SKB].attached && snapshot.drops.empty()) {
    for (const Refusal& refusal : snapshot.probes[PD_PROBE_KFREE_SKB].refusals)
      out += "<p class=soft>Drops are not counted: " + escape(to_string(refusal)) + "</p>";
    return;
  }
  if (snapshot.drops.empty()) {
    out += "<p class=soft>No drops yet.</p>";
    return;
  }
  DropViews views = view_drops(snapshot.drops);
  std::ranges::stable_sort(views.by_reason, std::ranges::greater{}, &ReasonRow::count);
  const std::size_t shown = std::min(kShown, views.by_reason.size());
  out +=
      "<div class=scroll><table class=stack><tr><th>Dropped because<th>Class<th>Layer"
      "<th>Family/protocol"
      "<th class=number>Packets</tr>";
  for (std::size_t i = 0; i < shown; i++) append_row(out, views.by_reason[i]);
  out += "</table></div>";
  if (shown < views.by_reason.size())
    out += "<p class=soft>And " + grouped(views.by_reason.size() - shown) +
           " more: <a href=\"/api/v1/drops\">all of them, and by function</a>.</p>";
}

}  // namespace packetdrop
