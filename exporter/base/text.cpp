// SPDX-License-Identifier: Apache-2.0
// Helpers for text: ASCII letters, numbers, lists and quotes.
#include "base/text.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace packetdrop {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool starts_ignoring_case(std::string_view text, std::string_view start) {
  return equal_ignoring_case(text.substr(0, start.size()), start);
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view next_part(std::string_view& text, char separator) {
  const std::string_view part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return trim(part);
}

std::optional<double> parse_weight(std::string_view text) {
  double weight = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, weight, std::chars_format::fixed);
  if (problem != std::errc() || stop != end || !(weight >= 0 && weight <= 1)) return std::nullopt;
  return weight;
}

void append_item(std::string& list, std::string_view separator, std::string_view item) {
  if (!list.empty()) list += separator;
  list += item;
}

std::string quoted(std::string_view text) {
  using Json = nlohmann::json;
  std::string out = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  // DEL: JSON allows it, and a terminal deletes the letter before it.
  for (std::size_t at = 0; (at = out.find('\x7f', at)) != out.npos;) out.replace(at, 1, "\\u007f");
  return out;
}

}  // namespace packetdrop
