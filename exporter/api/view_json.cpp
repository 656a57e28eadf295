// SPDX-License-Identifier: Apache-2.0
// Any view as JSON.
#include "api/view_json.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/time_text.h"

namespace packetdrop {
namespace {

using nlohmann::json;

// JSON has no infinity: the last bucket, which is above all bounds, has the bound null.
json buckets_json(std::span<const double> bounds, const Distribution& distribution) {
  json list = json::array();
  for (std::size_t i = 0; i < distribution.buckets.size(); i++)
    list.push_back({{"le", i < bounds.size() ? json(bounds[i]) : json(nullptr)},
                    {"count", distribution.buckets[i]}});
  return list;
}

json row_json(const ViewInfo& info, const ViewRow& row) {
  json entry;
  for (std::size_t i = 0; i < info.columns.size(); i++) entry[info.columns[i].name] = row.cells[i];
  for (const Note& note : info.notes) {
    const std::string_view text = note.text(row.cells);
    entry[note.column.name] = text.empty() ? json(nullptr) : json(text);
  }
  entry[info.value.name] = row.number;
  if (info.dated) entry[kSinceColumn.name] = rfc3339(row.since);
  return entry;
}

}  // namespace

void append_rows(nlohmann::json& list, std::string_view source, const View& view) {
  for (std::size_t i = 0; i < view.rows.size(); i++) {
    json entry = row_json(*view.info, view.rows[i]);
    entry[kSourceColumn.name] = source;
    if (view.info->kind == ViewKind::kHistogram) {
      entry["sum"] = view.distributions[i].sum;
      entry["buckets"] = buckets_json(view.info->bounds, view.distributions[i]);
    }
    list.push_back(std::move(entry));
  }
}

}  // namespace packetdrop
