// SPDX-License-Identifier: Apache-2.0
// The drops as the JSON API shows them.
#include "api/drops_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "api/view_json.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

using nlohmann::json;

json most_frequent_first(json list, const ViewInfo& info) {
  std::stable_sort(list.begin(), list.end(), [&](const json& a, const json& b) {
    return a.at(info.value.name).get<std::uint64_t>() > b.at(info.value.name).get<std::uint64_t>();
  });
  return list;
}

}  // namespace

json drops_json(std::span<const SourceReading> readings) {
  json drops = json::array(), functions = json::array(), sources = json::array();
  // A source that is not on this host is shown only if there is no other one.
  const bool all_absent = std::ranges::all_of(readings, &SourceReading::absent);
  for (const SourceReading& reading : readings) {
    if (!reading.snapshot) {
      if (!reading.absent() || all_absent)
        sources.push_back(
            {{kSourceColumn.name, reading.source}, {"error", reading.snapshot.error().message}});
      continue;
    }
    const ViewInput input(*reading.snapshot);
    const View by_function = make_view(kDropsByFunction, input);
    append_rows(drops, reading.source, make_view(kDropsByReason, input));
    append_rows(functions, reading.source, by_function);
    sources.push_back({{kSourceColumn.name, reading.source},
                       {"attached", reading.snapshot->probes[PD_PROBE_KFREE_SKB].attached},
                       {kDropsByFunction.overflow.column.name, by_function.overflow}});
  }
  return {{"drops", most_frequent_first(std::move(drops), kDropsByReason)},
          {"functions", most_frequent_first(std::move(functions), kDropsByFunction)},
          {"sources", std::move(sources)}};
}

}  // namespace packetdrop
