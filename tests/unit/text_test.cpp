// SPDX-License-Identifier: Apache-2.0
// Numbers, lists and quotes as every room reads and writes them.
#include "base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>

namespace packetdrop {
namespace {

TEST(Text, a_number_is_the_whole_text_and_fits) {
  EXPECT_EQ(parse_number<int>("-40"), -40);
  EXPECT_EQ(parse_number<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(parse_number<std::uint32_t>("ff", 16), 255u);
  EXPECT_EQ(parse_number<double>("1.5e3"), 1500.0);
  for (const char* text : {"", " 1", "1 ", "1x", "x", "+1", "0x1", "1.5"})
    EXPECT_EQ(parse_number<int>(text), std::nullopt) << text;
  EXPECT_EQ(parse_number<std::uint16_t>("65536"), std::nullopt);
  EXPECT_EQ(parse_number<unsigned>("-1"), std::nullopt);
  EXPECT_EQ(parse_number<double>("1.5s"), std::nullopt);
}

TEST(Text, items_are_joined_with_separators_between_them) {
  EXPECT_EQ(join(std::array<std::string_view, 0>{}, ", "), "");
  EXPECT_EQ(join(std::array<std::string_view, 1>{"a"}, ", "), "a");
  EXPECT_EQ(join(std::array<std::string_view, 3>{"a", "b", "c"}, ", "), "a, b, c");
}

TEST(Text, parts_are_cut_off_one_by_one_and_trimmed) {
  std::string_view rest = " a ,\tb,, c";
  EXPECT_EQ(next_part(rest, ','), "a");
  EXPECT_EQ(next_part(rest, ','), "b");
  EXPECT_EQ(next_part(rest, ','), "");
  EXPECT_EQ(next_part(rest, ','), "c");
  EXPECT_TRUE(rest.empty());
}

TEST(Quoted, is_valid_json_whatever_it_is_given) {
  EXPECT_EQ(packetdrop::quoted("a\"b\\c\nd"), R"("a\"b\\c\nd")");
  EXPECT_EQ(packetdrop::quoted(std::string("\0\x1b[1m\x7f", 6)), R"("\u0000\u001b[1m\u007f")");
  EXPECT_EQ(packetdrop::quoted("\xc3\xa4"), "\"\xc3\xa4\"");
  EXPECT_EQ(packetdrop::quoted("\xff\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
}

}  // namespace
}  // namespace packetdrop
