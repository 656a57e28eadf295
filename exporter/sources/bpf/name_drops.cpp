// SPDX-License-Identifier: Apache-2.0
// From drops by number to drops by name.
#include "sources/bpf/name_drops.h"

#include <functional>

#include "base/boot_time.h"
#include "base/grouped.h"

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

  Grouped<Drop, Id, HashId> named(drops.size());
  for (std::size_t i = 0; i < drops.size(); i++) {
    const RawDrop& drop = drops[i];
    named
        .at({functions[i], drop.reason, drop.key},
            [&] {
              return Drop{.function = std::string(functions[i]),
                          .reason = namer.reason(drop.reason),
                          .key = drop.key,
                          .since = booted + std::chrono::nanoseconds(drop.first)};
            })
        .count += drop.count;
  }
  return named.take();
}

}  // namespace packetdrop
