// SPDX-License-Identifier: Apache-2.0
// The view of packets that a driver did not accept, by its answer.
#include "views/columns.h"
#include "views/help.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

constexpr Column kColumns[] = {
    {.name = "result", .title = "Result", .what = "what the driver answered", .fixed = true}};

std::string help() {
  return "Packets (skbs) that a driver's transmit routine answered with anything but rc=0; they "
         "are not in packetdrop_hook_packets_total. By result: " +
         list_rows(tx_results(), [](const TxResultInfo& result) { return result.what; }) + ".";
}

void fill(const ViewInput& input, View& view) {
  for (std::size_t i = 0; i < kTxResultCount; i++)
    view.rows.push_back(
        {.cells = {tx_results()[i].label}, .number = input.snapshot().tx_results[i]});
}

}  // namespace

constinit const ViewInfo kTransmitNotOk = {
    .name = "transmit_not_ok",
    .metric = "packetdrop_transmit_not_ok_total",
    .help = help,
    .columns = kColumns,
    .value = kPacketsValue,
    .constant = true,
    .most_rows = kTxResultCount,
    .fill = fill,
};

}  // namespace packetdrop
