// SPDX-License-Identifier: Apache-2.0
// From drops by number to drops by name.
#include "sources/bpf/name_drops.h"

#include <memory_resource>
#include <unordered_map>

#include "base/boot_time.h"

namespace packetdrop {
namespace {

struct Id {
  std::string_view function;
  std::uint32_t reason;
  std::uint32_t key;

  bool operator==(const Id&) const = default;
};

struct HashId {
  std::size_t operator()(const Id& id) const {
    return std::hash<std::string_view>()(id.function) + (std::size_t{id.reason} << 8) + id.key;
  }
};

}  // namespace

std::vector<Drop> name_drops(std::span<const RawDrop> drops, DropNamer& namer) {
  std::vector<std::uint64_t> locations;
  locations.reserve(drops.size());
  for (const RawDrop& drop : drops) locations.push_back(drop.location);
  const std::vector<std::string_view> functions = namer.functions(locations);
  const auto booted = boot_time();

  std::vector<Drop> named;
  named.reserve(drops.size());
  // One piece of memory for all nodes: malloc() for each was much of the time of a long list.
  std::pmr::monotonic_buffer_resource memory;
  std::pmr::unordered_map<Id, std::size_t, HashId> places(drops.size(), &memory);
  for (std::size_t i = 0; i < drops.size(); i++) {
    const RawDrop& drop = drops[i];
    const auto [place, is_new] =
        places.try_emplace({functions[i], drop.reason, drop.key}, named.size());
    if (is_new)
      named.push_back({.function = std::string(functions[i]),
                       .reason = namer.reason(drop.reason),
                       .key = drop.key,
                       .since = booted + std::chrono::nanoseconds(drop.first)});
    named[place->second].count += drop.count;
  }
  return named;
}

}  // namespace packetdrop
