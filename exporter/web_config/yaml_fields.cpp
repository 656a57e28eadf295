// SPDX-License-Identifier: Apache-2.0
// Reads YAML mappings strictly.
#include "web_config/yaml_fields.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/nearest.h"

namespace packetdrop {
namespace {

std::string about(std::string_view key, std::string_view what) {
  return std::string(key).append(": ").append(what);
}

// yaml-cpp's tag is "!" for a quoted scalar, "?" for an unquoted one.
bool is_plain(const YAML::Node& node) { return node.Tag() == "?" || node.Tag().empty(); }

struct Unit {
  std::string_view name;
  double nanoseconds;
};
constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                         {"us", 1e3},
                                         {"µs", 1e3},
                                         {"μs", 1e3},
                                         {"ms", 1e6},
                                         {"s", 1e9},
                                         {"m", 60e9},
                                         {"h", 3600e9}}};

// Removes one "1.5h" from the front of `text`.
std::optional<double> take_quantity(std::string_view& text) {
  double number = 0;
  const auto [rest, problem] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (problem != std::errc() || std::signbit(number) || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  const std::string_view unit = text.substr(0, text.find_first_of("0123456789."));
  text.remove_prefix(unit.size());
  for (const Unit& row : kUnits)
    if (row.name == unit) return number * row.nanoseconds;
  return std::nullopt;
}

std::optional<double> parse_duration(std::string_view text) {
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto quantity = take_quantity(text);
    if (!quantity) return std::nullopt;
    total += *quantity;
  }
  return total;
}

}  // namespace

void refuse(const YAML::Node& node, const std::string& what) {
  throw YAML::RepresentationException(node.Mark(), what);
}

std::string read_string(const YAML::Node& node, std::string_view key) {
  if (node.IsNull()) return "";
  if (!node.IsScalar()) refuse(node, about(key, "expected a single value"));
  const std::string& tag = node.Tag();
  if (!is_plain(node) && tag != "!" && tag != "tag:yaml.org,2002:str")
    refuse(node, about(key, "the tag '" + tag + "' is not supported"));
  return node.Scalar();
}

bool read_bool(const YAML::Node& node, std::string_view key, bool otherwise) {
  if (node.IsNull()) return otherwise;
  const std::string text = read_string(node, key);
  bool value = false;
  if (!is_plain(node) || !YAML::convert<bool>::decode(node, value))
    refuse(node, about(key, "expected true or false"));
  return value;
}

int read_count(const YAML::Node& node, std::string_view key) {
  if (node.IsNull()) return 0;
  const auto number = parse_number<int>(read_string(node, key));
  if (!is_plain(node) || !number || *number < 0)
    refuse(node, about(key, "expected a number, 0 or greater"));
  return *number;
}

std::chrono::nanoseconds read_duration(const YAML::Node& node, std::string_view key) {
  if (node.IsNull()) return std::chrono::nanoseconds(0);
  const std::string text = read_string(node, key);
  std::optional<double> nanoseconds = parse_number<double>(text);
  if (!nanoseconds || !is_plain(node)) nanoseconds = parse_duration(text);
  constexpr double kCentury = 100.0 * 365 * 24 * 3600 * 1e9;
  if (!nanoseconds || !(*nanoseconds >= 0 && *nanoseconds < kCentury))
    refuse(node, about(key, "expected a duration such as 500ms or 1m30s"));
  return std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(*nanoseconds));
}

std::vector<std::string> read_list(const YAML::Node& node, std::string_view key) {
  std::vector<std::string> out;
  if (node.IsNull()) return out;
  if (!node.IsSequence()) refuse(node, about(key, "expected a list"));
  for (const YAML::Node& item : node) out.push_back(read_string(item, key));
  return out;
}

void read_mapping(const YAML::Node& node, std::string_view key, const EachEntry& each) {
  if (node.IsNull()) return;
  if (!node.IsMap()) refuse(node, about(key, "expected keys and values"));
  std::set<std::string> seen;
  for (const auto& entry : node) {
    const YAML::Node& name_node = entry.first;
    if (!name_node.IsScalar()) refuse(name_node, about(key, "expected a plain name as key"));
    const std::string& name = name_node.Scalar();
    if (!seen.insert(name).second) refuse(name_node, about(name, "the key occurs twice"));
    each(name_node, entry.second);
  }
}

void refuse_key(const YAML::Node& node, std::span<const std::string_view> known) {
  const std::string& key = node.Scalar();
  refuse(node, "unknown key '" + key + "'; " + alternatives(key, known, "known here"));
}

}  // namespace packetdrop
