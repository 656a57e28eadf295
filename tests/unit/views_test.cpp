// SPDX-License-Identifier: Apache-2.0
// What holds for every view: it is listed, documented and bounded, and its sum is its parent's.
#include "views/views.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

#include "views/view_input.h"

namespace packetdrop {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = PACKETDROP_ROOT;

std::string read(const fs::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

// README and all pages under docs/.
std::string documents() {
  std::string text = read(kRoot / "README.md");
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "docs"))
    if (entry.path().extension() == ".md") text += "\n" + read(entry.path());
  return text;
}

std::string code(std::string_view name) { return "`" + std::string(name) + "`"; }

std::string_view type_of(ViewKind kind) {
  return kind == ViewKind::kCounter ? "counter" : kind == ViewKind::kGauge ? "gauge" : "histogram";
}

// How the row of a family begins in the table of metrics.
std::string row_of(std::string_view metric, std::span<const Column> columns,
                   std::string_view type) {
  std::string row = "| " + code(metric) + " | " + code(kSourceColumn.name);
  for (const Column& column : columns) row += ", " + code(column.name);
  return row + " | " + std::string(type) + " | ";
}

// More of everything that a table of the kernel can hold than any view has rows, in names that no
// format can show as they are.
const Snapshot& overfull_snapshot() {
  static const Snapshot kSnapshot = [] {
    Snapshot snapshot;
    std::uint64_t next = 1;
    for (HookCounters& hook : snapshot.counters)
      for (Counters& counters : hook)
        counters = {.packets = next++, .segments = next++, .bytes = next++};
    for (std::uint64_t& count : snapshot.tx_results) count = next++;
    for (std::uint64_t& count : snapshot.missed) count = next++;
    for (std::size_t i = 0; i < 5000; i++)
      snapshot.drops.push_back({.function = "f\"" + std::to_string(i),
                                .reason = "R\\" + std::to_string(i % 2000),
                                .key = i % kKeyCount,
                                .count = next++});
    return snapshot;
  }();
  return kSnapshot;
}

View overfull(const ViewInfo& info) { return make_view(info, ViewInput(overfull_snapshot())); }

std::uint64_t sum(const View& view) {
  return std::accumulate(
      view.rows.begin(), view.rows.end(), std::uint64_t{0},
      [](std::uint64_t total, const ViewRow& row) { return total + row.number; });
}

class EveryView : public testing::TestWithParam<const ViewInfo*> {
 protected:
  const ViewInfo& info() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(Views, EveryView, testing::ValuesIn(views()),
                         [](const auto& view) { return std::string(view.param->name); });

TEST_P(EveryView, says_what_it_is) {
  EXPECT_FALSE(info().name.empty());
  EXPECT_EQ(info().kind == ViewKind::kCounter, info().metric.ends_with("_total"));
  EXPECT_FALSE(info().metric.empty() ? false : info().help().empty());
  EXPECT_EQ(info().help().find('\n'), std::string::npos) << "HELP is one line";
  EXPECT_EQ(info().bounds.empty(), info().kind != ViewKind::kHistogram);
  EXPECT_TRUE(std::ranges::is_sorted(info().bounds));
  ASSERT_LE(info().columns.size(), kMostColumns);

  std::vector<Column> columns(info().columns.begin(), info().columns.end());
  columns.push_back(info().value);
  columns.push_back(kSourceColumn);
  columns.push_back(kSinceColumn);
  for (const Note& note : info().notes) columns.push_back(note.column);
  if (!info().overflow.metric.empty()) columns.push_back(info().overflow.column);
  std::set<std::string_view> names;
  for (const Column& column : columns) {
    EXPECT_FALSE(column.name.empty());
    EXPECT_FALSE(column.title.empty()) << column.name;
    EXPECT_FALSE(column.what.empty()) << column.name;
    EXPECT_TRUE(names.insert(column.name).second) << column.name << " twice";
  }
}

TEST_P(EveryView, is_in_the_table_of_metrics_with_its_columns) {
  static const std::string kDocuments = documents();
  if (info().metric.empty()) {
    EXPECT_NE(kDocuments.find(code(info().name)), std::string::npos)
        << "add to docs: the view " << code(info().name);
    return;
  }
  const auto expect_row = [](const std::string& row) {
    EXPECT_NE(kDocuments.find("\n" + row), std::string::npos)
        << "add to the table of metrics (README.md or docs/): " << row << "... |";
  };
  expect_row(row_of(info().metric, info().columns, type_of(info().kind)));
  if (!info().overflow.metric.empty()) expect_row(row_of(info().overflow.metric, {}, "counter"));
}

TEST_P(EveryView, holds_its_bound_and_counts_what_did_not_fit) {
  const View view = overfull(info());
  EXPECT_FALSE(view.rows.empty() && info().kind == ViewKind::kCounter)
      << "overfull_snapshot() has nothing for this view";
  EXPECT_LE(view.rows.size(), info().most_rows);
  std::uint64_t under_other = 0;
  for (const ViewRow& row : view.rows)
    if (row.cells[0] == kOther) under_other += row.number;
  EXPECT_EQ(view.overflow, under_other);
  if (info().dated) {
    EXPECT_GT(view.overflow, 0u) << "overfull_snapshot() does not fill this view";
  }
  EXPECT_EQ(view.distributions.size(), info().kind == ViewKind::kHistogram ? view.rows.size() : 0);
}

TEST_P(EveryView, has_the_sum_of_its_parent) {
  if (!info().parent) return;
  EXPECT_EQ(sum(overfull(info())), sum(overfull(*info().parent)));
  EXPECT_GT(sum(overfull(info())), 0u);
}

TEST_P(EveryView, has_each_row_once_and_fixed_columns_without_a_character_to_escape) {
  const View view = overfull(info());
  std::set<Cells> seen;
  for (const ViewRow& row : view.rows) {
    EXPECT_TRUE(seen.insert(row.cells).second) << row.cells[0];
    for (std::size_t i = 0; i < kMostColumns; i++) {
      EXPECT_EQ(row.cells[i].empty(), i >= info().columns.size()) << "column " << i;
      if (i < info().columns.size() && info().columns[i].fixed) {
        EXPECT_EQ(row.cells[i].find_first_of("\"\\\n"), std::string_view::npos) << row.cells[i];
      }
    }
  }
}

TEST_P(EveryView, of_constant_rows_has_them_all_from_0_on) {
  const Snapshot empty;
  const View first = make_view(info(), ViewInput(empty)), full = overfull(info());
  const auto cells_of = [](const View& view) {
    std::vector<Cells> cells;
    for (const ViewRow& row : view.rows) cells.push_back(row.cells);
    return cells;
  };
  EXPECT_EQ(info().constant, !first.rows.empty());
  if (info().constant) {
    EXPECT_EQ(cells_of(first), cells_of(full));
  }
}

TEST(Views, of_drops_sum_to_the_drops_of_the_snapshot) {
  std::uint64_t dropped = 0;
  for (const Drop& drop : overfull_snapshot().drops) dropped += drop.count;
  EXPECT_EQ(sum(overfull(kDropsByClass)), dropped);
}

TEST(Views, have_names_and_families_of_their_own) {
  std::set<std::string_view> names;
  for (const ViewInfo* info : views())
    for (const std::string_view name : {info->name, info->metric, info->overflow.metric})
      EXPECT_TRUE(name.empty() || names.insert(name).second) << name;
}

TEST(Views, are_all_in_the_list) {
  const std::string list = read(kRoot / "exporter/views/views.def");
  static constexpr std::string_view kDefinition = "\nconstinit const ViewInfo ";
  std::size_t found = 0;
  for (const auto& entry : fs::directory_iterator(kRoot / "exporter/views")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = read(entry.path());
    for (std::size_t at = 0; (at = text.find(kDefinition, at)) != std::string::npos; found++) {
      at += kDefinition.size();
      const std::string row = "\nPD_VIEW(" + text.substr(at, text.find(' ', at) - at) + ")";
      EXPECT_NE(list.find(row), std::string::npos)
          << "add to exporter/views/views.def, for " << entry.path() << ":" << row;
    }
  }
  EXPECT_EQ(found, views().size());
}

}  // namespace
}  // namespace packetdrop
