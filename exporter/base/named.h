// SPDX-License-Identifier: Apache-2.0
// Tables of values by the names that a user writes.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace packetdrop {

template <typename Value>
struct Named {
  std::string_view name;
  Value value;
};

// The value that `name` has in `table`; nothing if it has none.
template <typename Value, std::size_t n>
std::optional<Value> find_named(const std::array<Named<Value>, n>& table, std::string_view name) {
  for (const Named<Value>& row : table)
    if (row.name == name) return row.value;
  return std::nullopt;
}

// In the order of `table`.
template <typename Value, std::size_t n>
std::array<std::string_view, n> names_of(const std::array<Named<Value>, n>& table) {
  std::array<std::string_view, n> names;
  for (std::size_t i = 0; i < n; i++) names[i] = table[i].name;
  return names;
}

}  // namespace packetdrop
