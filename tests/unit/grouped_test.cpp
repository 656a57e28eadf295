// SPDX-License-Identifier: Apache-2.0
// Rows grouped by key keep the order in which their keys came.
#include "base/grouped.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace packetdrop {
namespace {

using Sums = Grouped<std::pair<std::string, int>, std::string>;

void add(Sums& sums, const std::string& key, int number) {
  sums.at(key, [&] { return std::pair(key, 0); }).second += number;
}

TEST(Grouped, has_one_row_per_key_in_the_order_of_the_first) {
  Sums sums;
  add(sums, "b", 1);
  add(sums, "a", 10);
  add(sums, "b", 100);
  EXPECT_TRUE(sums.contains("a"));
  EXPECT_FALSE(sums.contains("c"));
  EXPECT_EQ(sums.size(), 2u);
  EXPECT_THAT(sums.take(), testing::ElementsAre(std::pair("b", 101), std::pair("a", 10)));
}

TEST(Grouped, makes_a_row_only_for_a_new_key) {
  Grouped<int, int> rows;
  int made = 0;
  for (const int key : {1, 2, 1, 1, 2}) rows.at(key, [&] { return ++made; });
  EXPECT_EQ(made, 2);
}

TEST(Grouped, holds_more_rows_than_expected) {
  Grouped<int, int> rows(2);
  for (int key = 0; key < 1000; key++) rows.at(key, [&] { return key; });
  for (int key = 0; key < 1000; key++) EXPECT_EQ(rows.at(key, [] { return -1; }), key);
  EXPECT_EQ(rows.size(), 1000u);
}

}  // namespace
}  // namespace packetdrop
