// SPDX-License-Identifier: Apache-2.0
// From drops by number to drops by name.
#include "sources/bpf/name_drops.h"

#include <map>
#include <tuple>
#include <utility>

#include "base/boot_time.h"

namespace packetdrop {

std::vector<Drop> name_drops(std::span<const RawDrop> drops, DropNamer& namer) {
  std::vector<std::uint64_t> locations;
  locations.reserve(drops.size());
  for (const RawDrop& drop : drops) locations.push_back(drop.location);
  const std::vector<std::string> functions = namer.functions(locations);
  const auto booted = boot_time();

  std::vector<Drop> named;
  std::map<std::tuple<std::string_view, std::uint32_t, std::uint32_t>, std::size_t> places;
  for (std::size_t i = 0; i < drops.size(); i++) {
    const RawDrop& drop = drops[i];
    const auto [place, is_new] =
        places.try_emplace({functions[i], drop.reason, drop.key}, named.size());
    if (is_new)
      named.push_back({.function = functions[i],
                       .reason = namer.reason(drop.reason),
                       .key = drop.key,
                       .since = booted + std::chrono::nanoseconds(drop.first)});
    named[place->second].count += drop.count;
  }
  return named;
}

}  // namespace packetdrop
