// SPDX-License-Identifier: Apache-2.0
// The drops of one source on the landing page.
#include "page/landing_drops.h"

#include <algorithm>

#include "page/html.h"
#include "page/view_table.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

constexpr std::size_t kShown = 10;

// The reason of old kernels says nothing, so this links to the functions.
std::string_view hint(const ViewRow& row) {
  if (row.cells[0] != kNotSpecified) return {};
  return "<small>Which ones: <code>functions</code> in <a href=\"/api/v1/drops\">Drops "
         "(JSON)</a>.</small>";
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
  View view = make_view(kDropsByReason, ViewInput(snapshot));
  std::ranges::stable_sort(view.rows, std::ranges::greater{}, &ViewRow::number);
  append_table(out, view, kShown, hint);
  if (view.rows.size() > kShown)
    out += "<p class=soft>And " + grouped(view.rows.size() - kShown) +
           " more: <a href=\"/api/v1/drops\">all of them, and by function</a>.</p>";
}

}  // namespace packetdrop
