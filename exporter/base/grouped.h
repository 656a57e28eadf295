// SPDX-License-Identifier: Apache-2.0
// Groups rows by key: one row per key, in the order in which the keys came.
#pragma once

#include <cstddef>
#include <functional>
#include <memory_resource>
#include <unordered_map>
#include <utility>
#include <vector>

namespace packetdrop {

// A scrape groups thousands of rows into hundreds: keys are hashed, and all hash nodes share one
// block of memory. Not thread-safe.
template <typename Row, typename Key, typename Hash = std::hash<Key>>
class Grouped {
 public:
  // Prepares for that many rows; more are possible.
  explicit Grouped(std::size_t expected = 0) : places_(expected, &memory_) {
    rows_.reserve(expected);
  }

  bool contains(const Key& key) const { return places_.contains(key); }
  std::size_t size() const { return rows_.size(); }

  // The row of `key`. A new key gets the row that `make()` returns. Valid until the next call.
  template <typename Make>
  Row& at(const Key& key, Make make) {
    const auto [place, is_new] = places_.try_emplace(key, rows_.size());
    if (is_new) rows_.push_back(make());
    return rows_[place->second];
  }

  // All rows; the group is of no use afterwards.
  std::vector<Row> take() { return std::move(rows_); }

 private:
  std::vector<Row> rows_;
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<Key, std::size_t, Hash> places_;
};

}  // namespace packetdrop
