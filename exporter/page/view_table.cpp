// SPDX-License-Identifier: Apache-2.0
// Any view as a table of the landing page.
#include "page/view_table.h"

#include <algorithm>

#include "model/drop_reason.h"
#include "page/html.h"
#include "page/runbooks.h"

namespace packetdrop {
namespace {

// Only classes that nobody intends are marked.
std::string_view tone(std::string_view drop_class) {
  if (drop_class == to_string(DropClass::kBenign)) return "good";
  if (drop_class == to_string(DropClass::kCapacity) || drop_class == to_string(DropClass::kError))
    return "bad";
  return "";
}

// Links to the runbook of that class.
std::string class_badge(std::string_view drop_class) {
  const std::string name = "class-" + std::string(drop_class);
  std::string text = badge(escape(drop_class), tone(drop_class));
  if (find_runbook(name) == nullptr) return text;
  return "<a href=\"/runbooks/" + name + "\">" + text + "</a>";
}

void append_notes(std::string& out, const ViewInfo& info, const ViewRow& row) {
  for (const Note& note : info.notes)
    if (const std::string_view text = note.text(row.cells); !text.empty())
      out.append("<small>").append(escape(text)).append("</small>");
}

void append_cell(std::string& out, Look look, std::string_view text) {
  switch (look) {
    case Look::kSoft:
      out.append("<td class=soft>").append(escape(text));
      break;
    case Look::kCode:
      out.append("<td class=wide><code>").append(escape(text)).append("</code>");
      break;
    case Look::kClass:
      out.append("<td>").append(class_badge(text));
      break;
    case Look::kJoined:
      out.append("/").append(escape(text));
      break;
  }
}

void append_row(std::string& out, const ViewInfo& info, const ViewRow& row, std::string_view hint) {
  out += "<tr>";
  for (std::size_t i = 0; i < info.columns.size(); i++) {
    append_cell(out, info.columns[i].look, row.cells[i]);
    if (i > 0) continue;
    append_notes(out, info, row);
    out += hint;
  }
  out.append("<td class=number data-label=").append(info.value.title).append(">");
  out.append(grouped(row.number)).append("</tr>");
}

}  // namespace

void append_table(std::string& out, const View& view, std::size_t most,
                  std::string_view (*hint)(const ViewRow&)) {
  const ViewInfo& info = *view.info;
  out += "<div class=scroll><table class=stack><tr>";
  for (const Column& column : info.columns)
    out.append(column.look == Look::kJoined ? "/" : "<th>").append(escape(column.title));
  out.append("<th class=number>").append(info.value.title).append("</tr>");
  for (std::size_t i = 0; i < std::min(most, view.rows.size()); i++)
    append_row(out, info, view.rows[i], hint ? hint(view.rows[i]) : std::string_view());
  out += "</table></div>";
}

}  // namespace packetdrop
