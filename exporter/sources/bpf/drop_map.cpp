// SPDX-License-Identifier: Apache-2.0
// Owns the maps of drops and merges them over all CPUs.
#include "sources/bpf/drop_map.h"

#include <algorithm>
#include <memory_resource>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "uapi/packetdrop_drops.h"

namespace packetdrop {
namespace {

struct Id {
  std::uint64_t location;
  std::uint32_t reason;
  std::uint32_t key;

  bool operator==(const Id&) const = default;
};

Id id_of(const RawDrop& drop) { return {drop.location, drop.reason, drop.key}; }

struct HashId {
  std::size_t operator()(const Id& id) const {
    return pd_drop_hash(id.location, id.reason, id.key);
  }
};

class Merger {
 public:
  void add(const RawDrop& drop) {
    const auto [place, is_new] = places_.try_emplace(id_of(drop), drops_.size());
    if (is_new) {
      drops_.push_back(drop);
      return;
    }
    RawDrop& merged = drops_[place->second];
    merged.count += drop.count;
    merged.first = std::min(merged.first, drop.first);
  }

  std::vector<RawDrop> take() {
    std::ranges::sort(drops_, {}, [](const RawDrop& drop) {
      return std::tuple(drop.first, drop.location, drop.reason, drop.key);
    });
    return std::move(drops_);
  }

 private:
  std::vector<RawDrop> drops_;
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<Id, std::size_t, HashId> places_{&memory_};
};

// The hash is written last, and it depends on all that names the drop.
bool is_whole(const RawDrop& drop, std::uint32_t hash) {
  return drop.count > 0 && drop.key < kKeyCount &&
         hash == pd_drop_hash(drop.location, drop.reason, drop.key);
}

}  // namespace

std::vector<RawDrop> merge_drops(std::span<const pd_drop_table> cpus, const pd_fold_table& folds) {
  Merger merger;
  for (const pd_drop_table& table : cpus) {
    for (const pd_drop& slot : table.slot) {
      const std::uint64_t count = load(slot.count);
      if (count == 0) continue;
      const std::uint32_t hash = __atomic_load_n(&slot.hash, __ATOMIC_ACQUIRE);
      const RawDrop drop{.location = load(slot.location),
                         .reason = __atomic_load_n(&slot.reason, __ATOMIC_RELAXED),
                         .key = __atomic_load_n(&slot.key, __ATOMIC_RELAXED),
                         .count = count,
                         .first = load(slot.first)};
      if (is_whole(drop, hash)) merger.add(drop);
    }
  }
  for (std::uint32_t index = 0; index < PD_FOLD_REASONS; index++) {
    for (std::uint32_t key = 0; key < kKeyCount; key++) {
      const pd_fold& fold = folds.fold[index][key];
      if (const std::uint64_t count = load(fold.count))
        merger.add({.location = 0,
                    .reason = pd_fold_reason(index),
                    .key = key,
                    .count = count,
                    .first = load(fold.first)});
    }
  }
  return merger.take();
}

Result<DropMap> DropMap::create(std::size_t cpus) {
  auto tables = MappedArray<pd_drop_table>::create("pd_drops", cpus);
  if (!tables) return std::move(tables).error();
  auto folds = MappedArray<pd_fold_table>::create("pd_folds", 1);
  if (!folds) return std::move(folds).error();
  return DropMap(*std::move(tables), *std::move(folds));
}

}  // namespace packetdrop
