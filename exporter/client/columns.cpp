// SPDX-License-Identifier: Apache-2.0
// Any view as columns of text, for a terminal.
#include "client/columns.h"

#include <algorithm>
#include <cctype>
#include <vector>

namespace packetdrop {
namespace {

using Line = std::vector<std::string>;

std::string title_of(const Column& column) {
  std::string title(column.name);
  for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return title;
}

std::string printable(std::string_view text) {
  std::string out(text);
  std::ranges::replace_if(
      out, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return out;
}

std::vector<Line> lines_of(const View& view) {
  const ViewInfo& info = *view.info;
  std::vector<Line> lines(1);
  for (const Column& column : info.columns) lines[0].push_back(title_of(column));
  lines[0].push_back(title_of(info.value));
  for (const ViewRow& row : view.rows) {
    Line& line = lines.emplace_back();
    for (std::size_t i = 0; i < info.columns.size(); i++) line.push_back(printable(row.cells[i]));
    line.push_back(std::to_string(row.number));
  }
  return lines;
}

}  // namespace

std::string to_columns(const View& view) {
  const std::vector<Line> lines = lines_of(view);
  std::vector<std::size_t> widths(lines[0].size());
  for (const Line& line : lines)
    for (std::size_t i = 0; i < line.size(); i++) widths[i] = std::max(widths[i], line[i].size());
  std::string out;
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); i++) {
      const std::string padding(widths[i] - line[i].size(), ' ');
      const bool last = i + 1 == line.size();
      out += last ? padding + line[i] + "\n" : line[i] + padding + "  ";
    }
  }
  return out;
}

}  // namespace packetdrop
