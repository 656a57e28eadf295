// SPDX-License-Identifier: Apache-2.0
// The views of one source's drops: by reason, by class, by function. Their sums are equal.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/drop.h"
#include "model/drop_reason.h"

namespace packetdrop {

// As many rows as a view has at most, those of what did not fit among them.
inline constexpr std::size_t kMostReasonRows = 600;
inline constexpr std::size_t kMostFunctions = 200;
inline constexpr std::size_t kMostFunctionRows = 600;

// Texts are those of the drops that it was made of.
struct ReasonRow {
  std::string_view reason;  // "other" for those that did not fit, with their class and layer
  Verdict verdict;
  std::size_t key = 0;  // enum pd_key
  std::string_view family;
  std::string_view protocol;
  std::uint64_t count = 0;                           // skbs
  std::chrono::system_clock::time_point since = {};  // of the first one
};

struct FunctionRow {
  std::string_view function;  // "other" for those that did not fit
  std::string_view reason;
  std::uint64_t count = 0;                           // skbs
  std::chrono::system_clock::time_point since = {};  // of the first one
};

struct DropViews {
  std::vector<ReasonRow> by_reason;  // in the order of the first drop
  std::array<std::array<std::uint64_t, kDropLayerCount>, kDropClassCount> by_class{};
  std::vector<FunctionRow> by_function;  // in the order of the first drop
  std::uint64_t folded = 0;              // skbs under function "other"

  std::uint64_t count_of(DropClass drop_class, DropLayer layer) const {
    return by_class[static_cast<std::size_t>(drop_class)][static_cast<std::size_t>(layer)];
  }
};

// `drops` in the order of the first drop, as in Snapshot: what came first keeps its row, so a row
// once seen never vanishes.
DropViews view_drops(std::span<const Drop> drops);

}  // namespace packetdrop
