// SPDX-License-Identifier: Apache-2.0
// HELP texts that list the rows of a table.
#pragma once

#include <string>

#include "base/text.h"

namespace packetdrop {

// "label: what; label: what": one entry per row of `table`.
template <typename Table, typename Describe>
std::string list_rows(const Table& table, Describe describe) {
  std::string text;
  for (const auto& row : table) {
    append_item(text, "; ", row.label);
    text += ": ";
    text += describe(row);
  }
  return text;
}

}  // namespace packetdrop
