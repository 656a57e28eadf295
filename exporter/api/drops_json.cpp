// SPDX-License-Identifier: Apache-2.0
// The drops as the JSON API shows them.
#include "api/drops_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/time_text.h"
#include "model/drop_views.h"

namespace packetdrop {
namespace {

using nlohmann::json;

json sorted_by_count(json list) {
  std::stable_sort(list.begin(), list.end(), [](const json& a, const json& b) {
    return a.at("count").get<std::uint64_t>() > b.at("count").get<std::uint64_t>();
  });
  return list;
}

// Null where the tables have no sentence.
json description(std::string_view reason, std::string_view function = {}) {
  const std::string_view sentence = describe(reason, function);
  return sentence.empty() ? json(nullptr) : json(sentence);
}

}  // namespace

json drops_json(std::span<const SourceReading> readings) {
  json drops = json::array(), functions = json::array(), sources = json::array();
  // A source that is not on this host is worth a word where no other one is.
  const bool all_absent = std::ranges::all_of(readings, &SourceReading::absent);
  for (const SourceReading& reading : readings) {
    if (!reading.snapshot) {
      if (!reading.absent() || all_absent)
        sources.push_back(
            {{"source", reading.source}, {"error", reading.snapshot.error().message}});
      continue;
    }
    const DropViews views = view_drops(reading.snapshot->drops);
    for (const ReasonRow& row : views.by_reason)
      drops.push_back({{"source", reading.source},
                       {"reason", row.reason},
                       {"description", description(row.reason)},
                       {"class", to_string(row.verdict.drop_class)},
                       {"layer", to_string(row.verdict.layer)},
                       {"family", row.family},
                       {"protocol", row.protocol},
                       {"count", row.count},
                       {"since", rfc3339(row.since)}});
    for (const FunctionRow& row : views.by_function)
      functions.push_back({{"source", reading.source},
                           {"function", row.function},
                           {"reason", row.reason},
                           {"description", description(row.reason, row.function)},
                           {"count", row.count},
                           {"since", rfc3339(row.since)}});
    sources.push_back({{"source", reading.source},
                       {"attached", reading.snapshot->probes[PD_PROBE_KFREE_SKB].attached},
                       {"folded", views.folded}});
  }
  return {{"drops", sorted_by_count(std::move(drops))},
          {"functions", sorted_by_count(std::move(functions))},
          {"sources", std::move(sources)}};
}

}  // namespace packetdrop
