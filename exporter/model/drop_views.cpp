// SPDX-License-Identifier: Apache-2.0
// The views of one source's drops: by reason, by class, by function. Their sums are equal.
#include "model/drop_views.h"

#include <algorithm>
#include <memory_resource>
#include <optional>
#include <unordered_map>

#include "model/probe.h"

namespace packetdrop {
namespace {

// The rows of a view by their keys, in the order in which they were made. A scrape may have
// thousands of drops, nearly all for a row that exists: hence numbers as keys, and hashing.
template <typename Row>
class Rows {
 public:
  using Key = std::uint64_t;

  explicit Rows(std::vector<Row>& rows) : rows_(rows) {}

  bool contains(Key key) const { return places_.contains(key); }
  std::size_t size() const { return rows_.size(); }

  // Adds to the row of that key, or begins it with `row`, whose count is the first one.
  void add(Key key, const Row& row) {
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
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<Key, std::size_t> places_{&memory_};
};

// A text of the drops, and its number within one view.
struct Name {
  std::string_view text;
  std::uint32_t number;
};
constexpr Name kOtherName{.text = kOther, .number = 0};

class Names {
 public:
  Names() { numbers_.emplace(kOtherName.text, kOtherName.number); }
  std::optional<Name> find(std::string_view text) const {
    const auto found = numbers_.find(text);
    if (found == numbers_.end()) return std::nullopt;
    return Name{.text = text, .number = found->second};
  }
  Name add(std::string_view text) {
    const auto next = static_cast<std::uint32_t>(numbers_.size());
    return {.text = text, .number = numbers_.try_emplace(text, next).first->second};
  }
  std::size_t size() const { return numbers_.size(); }

 private:
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<std::string_view, std::uint32_t> numbers_{&memory_};
};

class ReasonView {
 public:
  explicit ReasonView(std::vector<ReasonRow>& rows) : rows_(rows) {}

  void add(const Drop& drop, const Name& reason, const Verdict& verdict) {
    // What does not fit keeps its class and layer, by which its rows are bounded.
    if (rows_.size() >= kMostReasonRows - kDropClassCount * kDropLayerCount &&
        !rows_.contains(key_of(reason, verdict, drop.key)))
      add_row(drop, kOtherName, verdict, PD_KEY_OTHER_OTHER);
    else
      add_row(drop, reason, verdict, drop.key);
  }

 private:
  static std::uint64_t key_of(const Name& reason, const Verdict& verdict, std::size_t key) {
    static_assert(kDropClassCount <= 256 && kDropLayerCount <= 256 && kKeyCount <= 256);
    return std::uint64_t{reason.number} << 32 |
           static_cast<std::uint64_t>(verdict.drop_class) << 16 |
           static_cast<std::uint64_t>(verdict.layer) << 8 | key;
  }

  void add_row(const Drop& drop, const Name& reason, const Verdict& verdict, std::size_t key) {
    rows_.add(key_of(reason, verdict, key), {.reason = reason.text,
                                             .verdict = verdict,
                                             .key = key,
                                             .family = keys()[key].family,
                                             .protocol = keys()[key].protocol,
                                             .count = drop.count,
                                             .since = drop.since});
  }

  Rows<ReasonRow> rows_;
};

class FunctionView {
 public:
  explicit FunctionView(std::vector<FunctionRow>& rows) : rows_(rows) {}

  // The function under which it was added.
  std::string_view add(const Drop& drop, Name reason) {
    std::optional<Name> function = functions_.find(drop.function);
    if (!function && functions_.size() >= kMostFunctions) function = kOtherName;
    const bool has_row = function && rows_.contains(key_of(*function, reason));
    if (!has_row && rows_.size() >= kMostFunctionRows - 1) function = reason = kOtherName;
    if (!function) function = functions_.add(drop.function);
    rows_.add(key_of(*function, reason), {.function = function->text,
                                          .reason = reason.text,
                                          .count = drop.count,
                                          .since = drop.since});
    return function->text;
  }

 private:
  static std::uint64_t key_of(const Name& function, const Name& reason) {
    return std::uint64_t{function.number} << 32 | reason.number;
  }

  Rows<FunctionRow> rows_;
  Names functions_;  // those with a row of their own, and "other"
};

}  // namespace

DropViews view_drops(std::span<const Drop> drops) {
  DropViews views;
  ReasonView by_reason(views.by_reason);
  FunctionView by_function(views.by_function);
  Names reasons;
  for (const Drop& drop : drops) {
    const Verdict verdict = judge(drop.reason, drop.function);
    const Name reason = reasons.add(drop.reason);
    by_reason.add(drop, reason, verdict);
    views.by_class[static_cast<std::size_t>(verdict.drop_class)]
                  [static_cast<std::size_t>(verdict.layer)] += drop.count;
    if (by_function.add(drop, reason) == kOther) views.folded += drop.count;
  }
  return views;
}

}  // namespace packetdrop
