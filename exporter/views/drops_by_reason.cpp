// SPDX-License-Identifier: Apache-2.0
// The view of drops by reason, family and protocol.
#include <algorithm>

#include "base/grouped.h"
#include "views/columns.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

constexpr std::size_t kMostRows = 600;
// A drop that does not fit keeps its class and layer, which bounds the rows of the overflow.
constexpr std::size_t kOverflowRows = kDropClassCount * kDropLayerCount;

constexpr Column kColumns[] = {kReasonColumn, kClassColumn, kLayerColumn, kFamilyColumn,
                               kProtocolColumn};

constexpr Note kNotes[] = {{.column = kDescriptionColumn,
                            .text = [](const Cells& cells) { return describe(cells[0], {}); }}};

std::string help() {
  return "Packets (skbs) that the kernel dropped, as its tracepoint kfree_skb tells, by the "
         "running kernel's own name of the reason (NOT_SPECIFIED before Linux 5.17); a series "
         "from its first drop on. What classes and layers mean: packetdrop_drops_by_class_total. "
         "Once a source has " +
         std::to_string(kMostRows) +
         " series, new ones are under reason=\"other\". Not seen: drops of the NIC and native XDP "
         "before the stack, SYNs refused by a full accept queue, what TCP drops within a "
         "connection on older kernels (5.10), AF_XDP.";
}

std::uint64_t key_of(std::uint32_t reason, const Verdict& verdict, std::size_t key) {
  static_assert(kDropClassCount <= 256 && kDropLayerCount <= 256 && kKeyCount <= 256);
  return std::uint64_t{reason} << 32 | static_cast<std::uint64_t>(verdict.drop_class) << 16 |
         static_cast<std::uint64_t>(verdict.layer) << 8 | key;
}

// First come, first served: a row once seen never vanishes.
void fill(const ViewInput& input, View& view) {
  Grouped<ViewRow, std::uint64_t> rows(std::min(input.drops().size(), kMostRows));
  for (const ClassifiedDrop& entry : input.drops()) {
    const Drop& drop = *entry.drop;
    const Verdict& verdict = entry.verdict;
    std::uint64_t id = key_of(entry.reason, verdict, drop.key);
    std::string_view reason = drop.reason;
    std::size_t key = drop.key;
    if (rows.size() >= kMostRows - kOverflowRows && !rows.contains(id)) {
      reason = kOther;
      key = PD_KEY_OTHER_OTHER;
      id = key_of(kOtherNumber, verdict, key);
    }
    ViewRow& row = rows.at(id, [&] {
      return ViewRow{.cells = {reason, to_string(verdict.drop_class), to_string(verdict.layer),
                               keys()[key].family, keys()[key].protocol},
                     .since = drop.since};
    });
    add_drop(row, drop);
    if (id >> 32 == kOtherNumber) view.overflow += drop.count;
  }
  view.rows = rows.take();
}

}  // namespace

constinit const ViewInfo kDropsByReason = {
    .name = "drops",
    .metric = "packetdrop_drops_total",
    .help = help,
    .columns = kColumns,
    .value = kPacketsValue,
    .notes = kNotes,
    .dated = true,
    .most_rows = kMostRows,
    .parent = &kDropsByClass,
    .fill = fill,
};

}  // namespace packetdrop
