// SPDX-License-Identifier: Apache-2.0
// Parses the ttl of an activation.
#include "control/duration.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

namespace packetdrop {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t milliseconds;
};

// In the order that a duration must have, each unit at most once.
constexpr std::array<Unit, 7> kUnits = {{{"y", 365ull * 24 * 3600 * 1000},
                                         {"w", 7ull * 24 * 3600 * 1000},
                                         {"d", 24ull * 3600 * 1000},
                                         {"h", 3600ull * 1000},
                                         {"m", 60ull * 1000},
                                         {"s", 1000},
                                         {"ms", 1}}};

// Removes one "90s" from the front of `text` and adds it to `total`. `next` is the first unit that
// may still follow.
bool take_part(std::string_view& text, std::size_t& next, std::uint64_t& total) {
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, problem] = std::from_chars(text.data(), end, count);
  if (problem != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));

  const std::string_view name = text.substr(0, text.find_first_of("0123456789"));
  while (next < kUnits.size() && kUnits[next].name != name) next++;
  if (next == kUnits.size()) return false;
  text.remove_prefix(name.size());

  std::uint64_t part = 0;
  return !__builtin_mul_overflow(count, kUnits[next++].milliseconds, &part) &&
         !__builtin_add_overflow(total, part, &total);
}

std::optional<std::uint64_t> parse_milliseconds(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::uint64_t total = 0;
  std::size_t next = 0;
  while (!text.empty())
    if (!take_part(text, next, total)) return std::nullopt;
  return total;
}

}  // namespace

Result<std::chrono::milliseconds> parse_ttl(std::string_view text) {
  const std::optional<std::uint64_t> total = parse_milliseconds(text);
  if (!total || *total < static_cast<std::uint64_t>(kShortestTtl.count()) ||
      *total > static_cast<std::uint64_t>(kLongestTtl.count()))
    return Error{.code = EINVAL,
                 .message = "'" + std::string(text) +
                            "' is not a duration from 1s to 7d such as 90s, 1h30m or 1d (whole "
                            "numbers with y, w, d, h, m, s or ms, the longer unit first)"};
  return std::chrono::milliseconds(*total);
}

}  // namespace packetdrop
