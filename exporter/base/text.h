// SPDX-License-Identifier: Apache-2.0
// Helpers for text: ASCII letters, numbers, lists and quotes.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace packetdrop {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// The case of ASCII letters only.
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_ignoring_case(std::string_view text, std::string_view start);

// `text` without spaces and tabs at either end.
std::string_view trim(std::string_view text);

// Removes the part before the first `separator`, and the separator, from `text`. Returns the part,
// trimmed.
std::string_view next_part(std::string_view& text, char separator);

// All of `text` as a number that fits `Number`; nothing if a part of it is not. `base` is for whole
// numbers.
template <typename Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number number{};
  const char* const end = text.data() + text.size();
  std::from_chars_result result{};
  if constexpr (std::is_floating_point_v<Number>)
    result = std::from_chars(text.data(), end, number);
  else
    result = std::from_chars(text.data(), end, number, base);
  if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return number;
}

// RFC 9110, 12.4.2: the weight after "q=", 0 to 1; nothing for anything else.
std::optional<double> parse_weight(std::string_view text);

// Adds `item` to a list, after `separator` unless it is the first.
void append_item(std::string& list, std::string_view separator, std::string_view item);

// The items with `separator` between them.
template <typename Items>
std::string join(const Items& items, std::string_view separator) {
  std::string list;
  for (const auto& item : items) append_item(list, separator, item);
  return list;
}

// `text` as a quoted string with every special character escaped, and U+FFFD for bytes that are not
// UTF-8; valid in JSON and in logfmt.
std::string quoted(std::string_view text);

}  // namespace packetdrop
