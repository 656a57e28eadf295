// SPDX-License-Identifier: Apache-2.0
// The views of drops: their sums agree, they are bounded, and a row once seen stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <set>

#include "uapi/packetdrop_drops.h"
#include "views/view_input.h"
#include "views/views.h"

namespace packetdrop {
namespace {

Drop drop(std::string function, std::string reason, std::size_t key, std::uint64_t count) {
  return {.function = std::move(function), .reason = std::move(reason), .key = key, .count = count};
}

// As many drops as asked for, each of its own function and reason, with a count of its own.
std::vector<Drop> distinct_drops(std::size_t count) {
  std::vector<Drop> drops;
  for (std::size_t i = 0; i < count; i++)
    drops.push_back(
        drop("function_" + std::to_string(i), "REASON_" + std::to_string(i), i % kKeyCount, i + 1));
  return drops;
}

constexpr std::size_t kMostFunctions = 200;
enum ReasonCell { kReason, kClass, kLayer, kFamily, kProtocol };
enum FunctionCell { kFunction, kItsReason };

// The views point into the snapshot.
struct DropViews {
  Snapshot snapshot;
  std::vector<ViewRow> by_reason, by_class, by_function;
  std::uint64_t folded;

  std::uint64_t count_of(std::string_view drop_class, std::string_view layer) const {
    for (const ViewRow& row : by_class)
      if (row.cells[0] == drop_class && row.cells[1] == layer) return row.number;
    ADD_FAILURE() << "no row for " << drop_class << ", " << layer;
    return 0;
  }
};

std::unique_ptr<DropViews> view_drops(std::span<const Drop> drops) {
  auto views = std::make_unique<DropViews>();
  views->snapshot.drops.assign(drops.begin(), drops.end());
  const ViewInput input(views->snapshot);
  views->by_reason = make_view(kDropsByReason, input).rows;
  views->by_class = make_view(kDropsByClass, input).rows;
  const View by_function = make_view(kDropsByFunction, input);
  views->by_function = by_function.rows;
  views->folded = by_function.overflow;
  return views;
}

std::uint64_t sum(std::span<const Drop> drops) {
  return std::accumulate(drops.begin(), drops.end(), std::uint64_t{0},
                         [](std::uint64_t total, const Drop& drop) { return total + drop.count; });
}

std::uint64_t sum(std::span<const ViewRow> rows) {
  return std::accumulate(
      rows.begin(), rows.end(), std::uint64_t{0},
      [](std::uint64_t total, const ViewRow& row) { return total + row.number; });
}

std::size_t functions_in(const DropViews& views) {
  std::set<std::string_view> functions;
  for (const ViewRow& row : views.by_function) functions.insert(row.cells[kFunction]);
  return functions.size();
}

// The row of `rows` with the same cells.
const ViewRow* find_same(std::span<const ViewRow> rows, const ViewRow& row) {
  const auto found = std::ranges::find(rows, row.cells, &ViewRow::cells);
  return found == rows.end() ? nullptr : &*found;
}

TEST(DropViews, of_one_drop_say_all_of_it) {
  const std::vector<Drop> drops = {drop("__udp4_lib_rcv", "NO_SOCKET", PD_KEY_IPV4_UDP, 100)};
  const auto views = view_drops(drops);
  ASSERT_EQ(views->by_reason.size(), 1u);
  EXPECT_EQ(views->by_reason[0].cells[kReason], "NO_SOCKET");
  EXPECT_EQ(views->by_reason[0].cells[kFamily], "ipv4");
  EXPECT_EQ(views->by_reason[0].cells[kProtocol], "udp");
  EXPECT_EQ(views->by_reason[0].number, 100u);
  EXPECT_EQ(views->by_reason[0].cells[kClass], "config");
  ASSERT_EQ(views->by_function.size(), 1u);
  EXPECT_EQ(views->by_function[0].cells[kFunction], "__udp4_lib_rcv");
  EXPECT_EQ(views->count_of("config", views->by_reason[0].cells[kLayer]), 100u);
  EXPECT_EQ(views->folded, 0u);
}

TEST(DropViews, sum_a_reason_over_its_functions_and_a_function_over_its_keys) {
  const std::vector<Drop> drops = {drop("a", "NO_SOCKET", PD_KEY_IPV4_UDP, 1),
                                   drop("b", "NO_SOCKET", PD_KEY_IPV4_UDP, 10),
                                   drop("a", "NO_SOCKET", PD_KEY_IPV6_UDP, 100)};
  const auto views = view_drops(drops);
  ASSERT_EQ(views->by_reason.size(), 2u);
  EXPECT_EQ(views->by_reason[0].number, 11u);
  EXPECT_EQ(views->by_reason[1].number, 100u);
  ASSERT_EQ(views->by_function.size(), 2u);
  EXPECT_EQ(views->by_function[0].number, 101u);
}

TEST(DropViews, date_a_row_by_the_first_of_its_drops_in_whichever_order_they_come) {
  std::vector<Drop> drops = {drop("a", "NO_SOCKET", PD_KEY_IPV4_UDP, 1),
                             drop("b", "NO_SOCKET", PD_KEY_IPV4_UDP, 1),
                             drop("a", "NO_SOCKET", PD_KEY_IPV6_UDP, 1)};
  const std::chrono::system_clock::time_point first(std::chrono::hours(100));
  drops[0].since = first + std::chrono::seconds(2);
  drops[1].since = first + std::chrono::seconds(1);
  drops[2].since = first;
  const auto views = view_drops(drops);
  EXPECT_EQ(views->by_reason[0].since, first + std::chrono::seconds(1));
  EXPECT_EQ(views->by_reason[1].since, first);
  EXPECT_EQ(views->by_function[0].since, first);
  EXPECT_EQ(views->by_function[1].since, first + std::chrono::seconds(1));
}

TEST(DropViews, function_settles_the_class_where_the_reason_says_nothing) {
  const std::vector<Drop> drops = {drop("ip_error", "NOT_SPECIFIED", PD_KEY_IPV4_UDP, 1),
                                   drop("no_such_function", "NOT_SPECIFIED", PD_KEY_IPV4_UDP, 10)};
  const auto views = view_drops(drops);
  EXPECT_EQ(views->by_reason.size(), 2u);
  EXPECT_EQ(views->count_of("config", "ip"), 1u);
  EXPECT_EQ(views->count_of("unknown", "other"), 10u);
}

TEST(DropViews, hold_300_functions_and_reasons_without_losing_one) {
  const std::vector<Drop> drops = distinct_drops(300);
  const auto views = view_drops(drops);
  EXPECT_EQ(views->by_reason.size(), 300u);
  EXPECT_EQ(functions_in(*views), kMostFunctions);
  EXPECT_EQ(sum(views->by_reason), sum(drops));
  EXPECT_EQ(sum(views->by_function), sum(drops));
  EXPECT_EQ(sum(views->by_class), sum(drops));
  EXPECT_GT(views->folded, 0u);
}

TEST(DropViews, are_bounded_and_agree_however_many_drops_there_are) {
  for (const std::size_t count : {599u, 600u, 601u, 5000u}) {
    const std::vector<Drop> drops = distinct_drops(count);
    const auto views = view_drops(drops);
    EXPECT_LE(views->by_reason.size(), kDropsByReason.most_rows);
    EXPECT_LE(views->by_function.size(), kDropsByFunction.most_rows);
    EXPECT_LE(functions_in(*views), kMostFunctions);
    EXPECT_EQ(sum(views->by_reason), sum(drops));
    EXPECT_EQ(sum(views->by_function), sum(drops));
    EXPECT_EQ(sum(views->by_class), sum(drops));
  }
}

TEST(DropViews, one_function_with_many_reasons_is_bounded_too) {
  std::vector<Drop> drops = distinct_drops(5000);
  for (Drop& one : drops) one.function = "f";
  const auto views = view_drops(drops);
  EXPECT_LE(views->by_function.size(), kDropsByFunction.most_rows);
  EXPECT_EQ(sum(views->by_function), sum(drops));
  EXPECT_EQ(views->by_function.back().cells[kFunction], "other");
  EXPECT_EQ(views->by_function.back().cells[kItsReason], "other");
  EXPECT_EQ(views->folded, views->by_function.back().number);
}

TEST(DropViews, folded_is_what_stands_under_function_other) {
  std::vector<Drop> drops = distinct_drops(250);
  drops.push_back(drop("other", "NO_SOCKET", PD_KEY_IPV4_UDP, 7));
  const auto views = view_drops(drops);
  std::uint64_t other = 0;
  for (const ViewRow& row : views->by_function)
    if (row.cells[kFunction] == "other") other += row.number;
  EXPECT_EQ(views->folded, other);
}

TEST(DropViews, a_row_once_seen_stays_and_never_goes_back) {
  std::vector<Drop> drops = distinct_drops(1000);
  const auto before = view_drops(std::span(drops).first(700));
  for (Drop& one : drops) one.count += 5;
  const auto after = view_drops(drops);
  const auto expect_kept = [](std::span<const ViewRow> old_rows, std::span<const ViewRow> rows) {
    for (const ViewRow& row : old_rows) {
      const ViewRow* const same = find_same(rows, row);
      ASSERT_NE(same, nullptr) << row.cells[0];
      EXPECT_GE(same->number, row.number);
    }
  };
  expect_kept(before->by_reason, after->by_reason);
  expect_kept(before->by_function, after->by_function);
}

TEST(DropFolds, number_every_known_reason_and_find_it_again) {
  std::set<std::uint32_t> indices;
  for (std::uint32_t subsystem = 0; subsystem <= PD_FOLD_SUBSYSTEMS; subsystem++) {
    const std::uint32_t count = subsystem ? PD_FOLD_SUBSYSTEM_REASONS : PD_FOLD_CORE_REASONS;
    for (std::uint32_t number = 0; number < count; number++) {
      const std::uint32_t reason = subsystem << 16 | number;
      EXPECT_TRUE(indices.insert(pd_fold_index(reason)).second) << reason;
      EXPECT_LT(pd_fold_index(reason), std::uint32_t{PD_FOLD_REASONS});
      EXPECT_EQ(pd_fold_reason(pd_fold_index(reason)), reason);
    }
  }
  EXPECT_EQ(indices.size(), std::size_t{PD_FOLD_REASONS} - 1);
}

TEST(DropFolds, give_all_other_reasons_one_place) {
  for (const std::uint32_t reason : {256u, 0xffffu, 0x10080u, 0x80000u, 0xdeadbeefu, 0xffffffffu}) {
    EXPECT_EQ(pd_fold_index(reason), std::uint32_t{PD_FOLD_REASONS} - 1);
    EXPECT_EQ(pd_fold_reason(pd_fold_index(reason)), PD_REASON_OTHER);
  }
}

TEST(FunctionNames, are_plain) {
  const auto plain = [](const std::string& symbol) {
    return symbol.substr(0, pd_function_length(symbol.c_str()));
  };
  EXPECT_EQ(plain("tcp_v4_rcv"), "tcp_v4_rcv");
  for (const char* suffix : {".constprop.0", ".isra.0", ".part.0", ".cold", ".llvm.123",
                             ".constprop.0.isra.0", " [veth]", "\t[veth]", ".isra.0 [veth]"})
    EXPECT_EQ(plain(std::string("veth_xmit") + suffix), "veth_xmit") << suffix;
  EXPECT_EQ(plain(std::string(600, 'x')).size(), std::size_t{PD_FUNCTION_LEN} - 1);
  EXPECT_EQ(plain(""), "");
}

}  // namespace
}  // namespace packetdrop
