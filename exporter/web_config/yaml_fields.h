// SPDX-License-Identifier: Apache-2.0
// Reads YAML mappings strictly, by a table of their keys. Errors are thrown as
// YAML::RepresentationException with a place and never repeat values, which may be secrets.
#pragma once

#include <yaml-cpp/yaml.h>

#include <array>
#include <chrono>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/named.h"
#include "base/text.h"

namespace packetdrop {

// Throws "KEY: WHAT" with the place of `node`.
[[noreturn]] void refuse(const YAML::Node& node, const std::string& what);

// A scalar as written; "" for null.
std::string read_string(const YAML::Node& node, std::string_view key);
bool read_bool(const YAML::Node& node, std::string_view key, bool otherwise);
int read_count(const YAML::Node& node, std::string_view key);  // 0 or greater
// Go's format of durations ("1m30s"), or nanoseconds.
std::chrono::nanoseconds read_duration(const YAML::Node& node, std::string_view key);
std::vector<std::string> read_list(const YAML::Node& node, std::string_view key);

// Calls `each` with every key and its value, in order. A duplicate key is an error. Null is an
// empty mapping.
using EachEntry = std::function<void(const YAML::Node& key, const YAML::Node& value)>;
void read_mapping(const YAML::Node& node, std::string_view key, const EachEntry& each);

// Throws that the key `node` is unknown, and suggests the nearest known key.
[[noreturn]] void refuse_key(const YAML::Node& node, std::span<const std::string_view> known);

// One key that a mapping may have, and how its value is applied to a Target.
template <typename Target>
struct Field {
  std::string_view key;
  void (*apply)(Target& target, const YAML::Node& value, std::string_view key);
};

template <typename Target, std::size_t n>
void read_fields(const YAML::Node& node, std::string_view key,
                 const std::array<Field<Target>, n>& fields, Target& target) {
  read_mapping(node, key, [&](const YAML::Node& name_node, const YAML::Node& value) {
    const std::string& name = name_node.Scalar();
    std::array<std::string_view, n> known;
    for (std::size_t i = 0; i < n; i++) {
      if (fields[i].key == name) return fields[i].apply(target, value, name);
      known[i] = fields[i].key;
    }
    refuse_key(name_node, known);
  });
}

// The value that `name` has in `table`.
template <typename Value, std::size_t n>
Value read_named(const YAML::Node& node, std::string_view key, std::string_view name,
                 const std::array<Named<Value>, n>& table) {
  if (const auto found = find_named(table, name)) return *found;
  refuse(node, std::string(key) + ": '" + std::string(name) +
                   "' is not supported; one of: " + join(names_of(table), ", "));
}

}  // namespace packetdrop
