// SPDX-License-Identifier: Apache-2.0
// Reads query strings strictly: an unknown or repeated parameter is an error.
#include "http/query.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"

namespace packetdrop {
namespace {

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); i++) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned value = 0;
    const char* const end = digits.data() + digits.size();
    if (digits.size() != 2 || std::from_chars(digits.data(), end, value, 16).ptr != end)
      return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

Error bad_query(const std::string& problem, std::span<const std::string_view> allowed) {
  return {.code = EINVAL,
          .message = problem + "; " +
                     (allowed.empty() ? "no parameter is known here"
                                      : "known here, each once: " + join(allowed, ", "))};
}

}  // namespace

Result<Query> parse_query(std::string_view text, std::span<const std::string_view> allowed) {
  Query query;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = part.find('=');
    const auto name = percent_decode(part.substr(0, equals));
    const auto value =
        equals == part.npos ? std::string() : percent_decode(part.substr(equals + 1));
    if (!name || !value)
      return bad_query("'" + std::string(part) + "' is not percent-encoded", allowed);
    if (std::find(allowed.begin(), allowed.end(), *name) == allowed.end())
      return bad_query("unknown parameter '" + *name + "'", allowed);
    if (!query.emplace(*name, *value).second)
      return bad_query("parameter '" + *name + "' is there twice", allowed);
  }
  return query;
}

}  // namespace packetdrop
