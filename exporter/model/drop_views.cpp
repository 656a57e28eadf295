// SPDX-License-Identifier: Apache-2.0
// The views of one source's drops: by reason, by class, by function. Their sums are equal.
#include "model/drop_views.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "model/hook.h"

namespace packetdrop {
namespace {

// Rows that are found by a key and keep the order in which they were made.
template <typename Row, typename Key>
class Rows {
 public:
  explicit Rows(std::vector<Row>& rows) : rows_(rows) {}

  bool contains(const Key& key) const { return places_.contains(key); }
  std::size_t size() const { return rows_.size(); }

  // Adds to the row of that key, or begins it with `row`, whose count is the first one.
  void add(const Key& key, const Row& row) {
    const auto [place, is_new] = places_.try_emplace(key, rows_.size());
    if (is_new)
      rows_.push_back(row);
    else
      merge(rows_[place->second], row);
  }

 private:
  // The first drop of a name may come after others in the list where several lists make one.
  static void merge(Row& into, const Row& row) {
    into.count += row.count;
    into.since = std::min(into.since, row.since);
  }

  std::vector<Row>& rows_;
  std::map<Key, std::size_t> places_;
};

class ReasonView {
 public:
  explicit ReasonView(std::vector<ReasonRow>& rows) : rows_(rows) {}

  void add(const Drop& drop, const Verdict& verdict) {
    const Key key{drop.reason, verdict.drop_class, verdict.layer, drop.key};
    // What does not fit keeps its class and layer, by which its rows are bounded.
    if (!rows_.contains(key) && rows_.size() >= kMostReasonRows - kDropClassCount * kDropLayerCount)
      add_row(Key{kOther, verdict.drop_class, verdict.layer, PD_KEY_OTHER_OTHER}, drop, verdict);
    else
      add_row(key, drop, verdict);
  }

 private:
  using Key = std::tuple<std::string_view, DropClass, DropLayer, std::size_t>;

  void add_row(const Key& key, const Drop& drop, const Verdict& verdict) {
    const KeyInfo& info = keys()[std::get<std::size_t>(key)];
    rows_.add(key, {.reason = std::get<std::string_view>(key),
                    .verdict = verdict,
                    .family = info.family,
                    .protocol = info.protocol,
                    .count = drop.count,
                    .since = drop.since});
  }

  Rows<ReasonRow, Key> rows_;
};

class FunctionView {
 public:
  explicit FunctionView(std::vector<FunctionRow>& rows) : rows_(rows) {}

  // The function under which it was added.
  std::string_view add(const Drop& drop) {
    Key key{drop.function, drop.reason};
    if (!rows_.contains(key) && !fits(drop.function)) key.first = kOther;
    if (!rows_.contains(key) && rows_.size() >= kMostFunctionRows - 1) key = {kOther, kOther};
    if (key.first != kOther) functions_.insert(key.first);
    rows_.add(
        key,
        {.function = key.first, .reason = key.second, .count = drop.count, .since = drop.since});
    return key.first;
  }

 private:
  using Key = std::pair<std::string_view, std::string_view>;

  bool fits(std::string_view function) const {
    return function == kOther || functions_.contains(function) ||
           functions_.size() < kMostFunctions - 1;
  }

  Rows<FunctionRow, Key> rows_;
  std::set<std::string_view> functions_;
};

}  // namespace

DropViews view_drops(std::span<const Drop> drops) {
  DropViews views;
  ReasonView by_reason(views.by_reason);
  FunctionView by_function(views.by_function);
  for (const Drop& drop : drops) {
    const Verdict verdict = judge(drop.reason, drop.function);
    by_reason.add(drop, verdict);
    views.by_class[static_cast<std::size_t>(verdict.drop_class)]
                  [static_cast<std::size_t>(verdict.layer)] += drop.count;
    if (by_function.add(drop) == kOther) views.folded += drop.count;
  }
  return views;
}

}  // namespace packetdrop
