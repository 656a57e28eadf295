// SPDX-License-Identifier: Apache-2.0
// A view: one table of a snapshot as rows of named columns, which metrics, API, page and client
// print.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace packetdrop {

class ViewInput;
struct ViewInfo;

// How the landing page shows a column.
enum class Look {
  kSoft,    // plain text
  kCode,    // a name of the kernel, with the row's notes below it
  kClass,   // a drop class, as a badge that leads to its runbook
  kJoined,  // behind a slash in the cell of the column before
};

struct Column {
  std::string_view name;   // metric label, JSON key, column of the client
  std::string_view title;  // on the landing page
  std::string_view what;   // what its values mean, for a person
  // Values come from a table of this program: no character of them needs escaping.
  bool fixed = false;
  Look look = Look::kSoft;
};

// The first column of every view, given by who prints it.
inline constexpr Column kSourceColumn = {
    .name = "source", .title = "Source", .what = "who counted: bpf or kmod", .fixed = true};
// Of the views whose rows begin with a first event.
inline constexpr Column kSinceColumn = {
    .name = "since", .title = "Since", .what = "time of the first event of the row"};

inline constexpr std::size_t kMostColumns = 6;
using Cells = std::array<std::string_view, kMostColumns>;  // by ViewInfo::columns, the rest empty

struct ViewRow {
  Cells cells = {};
  std::uint64_t number = 0;                          // histogram: all observations
  std::chrono::system_clock::time_point since = {};  // of the first event; epoch: not known
};

// The observations of one row of a histogram.
struct Distribution {
  std::vector<std::uint64_t> buckets;  // by ViewInfo::bounds, then above the last bound
  double sum = 0;
};

// One view of one snapshot. Texts belong to the snapshot or to static tables.
struct View {
  const ViewInfo* info = nullptr;
  std::vector<ViewRow> rows = {};                // in the order of their first event
  std::uint64_t overflow = 0;                    // sum of the rows whose first column is kOther
  std::vector<Distribution> distributions = {};  // histogram: by row; else empty
};

// A text that follows from the cells of a row, in the API and on the page but never in metrics.
// Empty: nothing to say.
struct Note {
  Column column;
  std::string_view (*text)(const Cells& cells);
};

// The family that counts the overflow of a view; no name: none.
struct Overflow {
  std::string_view metric;
  std::string (*help)() = nullptr;
  Column column = {};
};

enum class ViewKind { kCounter, kGauge, kHistogram };

// What is the same for all snapshots.
struct ViewInfo {
  std::string_view name;
  std::string_view metric;  // name of the family; empty: only in the API
  ViewKind kind = ViewKind::kCounter;
  std::string (*help)() = nullptr;  // one line
  std::span<const Column> columns = {};
  Column value;  // of ViewRow::number
  std::span<const Note> notes = {};
  bool constant = false;      // the same rows in every snapshot, from 0 on: only numbers differ
  bool dated = false;         // rows begin with their first event, at ViewRow::since
  std::size_t most_rows = 1;  // upper bound, rows of the overflow included
  Overflow overflow = {};
  const ViewInfo* parent = nullptr;     // a view of the same events: the sums are equal
  std::span<const double> bounds = {};  // histogram: upper bounds of the buckets, ascending
  void (*fill)(const ViewInput& input, View& view) = nullptr;
};

View make_view(const ViewInfo& info, const ViewInput& input);

}  // namespace packetdrop
