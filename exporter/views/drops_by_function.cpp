// SPDX-License-Identifier: Apache-2.0
// The view of drops by the function that dropped.
#include <algorithm>
#include <optional>

#include "base/grouped.h"
#include "views/columns.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

constexpr std::size_t kMostFunctions = 200;
constexpr std::size_t kMostRows = 600;

constexpr Column kColumns[] = {kFunctionColumn, kReasonColumn};

constexpr Note kNotes[] = {{.column = kDescriptionColumn, .text = [](const Cells& cells) {
                              return describe(cells[1], cells[0]);
                            }}};

std::string help() {
  return "The same drops as in packetdrop_drops_total, by the kernel function that dropped, "
         "without suffixes of compiler clones and without its module; a series from its first "
         "drop on. function=\"unknown\": the kernel hides its name, or its module is gone; "
         "function=\"other\": it did not fit, see packetdrop_drops_folded_total.";
}

std::string folded_help() {
  return "Dropped packets (skbs) whose function did not fit into the table of their source or "
         "into the limit of series; they are under function=\"other\".";
}

std::uint64_t key_of(std::uint32_t function, std::uint32_t reason) {
  return std::uint64_t{function} << 32 | reason;
}

// The numbers of the functions that have rows; "other" is one of them.
class Functions {
 public:
  Functions() { add(kOther); }
  std::optional<std::uint32_t> find(std::string_view name) const {
    const auto found = numbers_.find(name);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
  }
  std::uint32_t add(std::string_view name) {
    return numbers_.try_emplace(name, static_cast<std::uint32_t>(numbers_.size())).first->second;
  }
  bool full() const { return numbers_.size() >= kMostFunctions; }

 private:
  std::pmr::monotonic_buffer_resource memory_;
  std::pmr::unordered_map<std::string_view, std::uint32_t> numbers_{&memory_};
};

// First come, first served: a row once seen never vanishes.
void fill(const ViewInput& input, View& view) {
  Grouped<ViewRow, std::uint64_t> rows(std::min(input.drops().size(), kMostRows));
  Functions functions;
  for (const ClassifiedDrop& entry : input.drops()) {
    const Drop& drop = *entry.drop;
    std::string_view name = drop.function, reason = drop.reason;
    std::uint32_t reason_number = entry.reason;
    std::optional<std::uint32_t> function = functions.find(name);
    if (!function && functions.full()) function = kOtherNumber;
    const bool has_row = function && rows.contains(key_of(*function, reason_number));
    if (!has_row && rows.size() >= kMostRows - 1) {
      function = reason_number = kOtherNumber;
      reason = kOther;
    }
    if (!function) function = functions.add(name);
    if (*function == kOtherNumber) {
      name = kOther;
      view.overflow += drop.count;
    }
    ViewRow& row = rows.at(key_of(*function, reason_number), [&] {
      return ViewRow{.cells = {name, reason}, .since = drop.since};
    });
    add_drop(row, drop);
  }
  view.rows = rows.take();
}

}  // namespace

constinit const ViewInfo kDropsByFunction = {
    .name = "drop_functions",
    .metric = "packetdrop_drop_functions_total",
    .help = help,
    .columns = kColumns,
    .value = kPacketsValue,
    .notes = kNotes,
    .dated = true,
    .most_rows = kMostRows,
    .overflow = {.metric = "packetdrop_drops_folded_total",
                 .help = folded_help,
                 .column = {.name = "folded",
                            .title = "Folded",
                            .what = "skbs whose function did not fit"}},
    .parent = &kDropsByClass,
    .fill = fill,
};

}  // namespace packetdrop
