// SPDX-License-Identifier: Apache-2.0
// Which texts are IP addresses.
#include "base/ip_address.h"

#include <gtest/gtest.h>

namespace packetdrop {
namespace {

using namespace std::string_view_literals;

TEST(IpAddress, v4_has_four_decimal_numbers) {
  const auto address = parse_ipv4("127.0.0.1");
  ASSERT_TRUE(address);
  EXPECT_EQ(ntohl(address->s_addr), INADDR_LOOPBACK);
  for (const std::string_view text :
       {""sv, "127.1"sv, "0x7f.0.0.1"sv, "127.0.0.256"sv, "127.0.0.1 "sv, "127.0.0.1\0"sv, "::1"sv})
    EXPECT_FALSE(parse_ipv4(text)) << text;
}

TEST(IpAddress, v6_has_neither_brackets_nor_a_zone) {
  const auto address = parse_ipv6("0:0::1");
  ASSERT_TRUE(address);
  EXPECT_TRUE(IN6_IS_ADDR_LOOPBACK(&*address));
  for (const std::string_view text : {""sv, "[::1]"sv, "fe80::1%lo"sv, "::1\0x"sv, "1::2::3"sv})
    EXPECT_FALSE(parse_ipv6(text)) << text;
}

TEST(IpAddress, v6_in_brackets_has_both) {
  const auto address = parse_bracketed_ipv6("[::1]");
  ASSERT_TRUE(address);
  EXPECT_TRUE(IN6_IS_ADDR_LOOPBACK(&*address));
  for (const std::string_view text :
       {""sv, "["sv, "]"sv, "[]"sv, "[::1"sv, "::1]"sv, "[::1]:80"sv, "[[::1]]"sv, "[127.0.0.1]"sv})
    EXPECT_FALSE(parse_bracketed_ipv6(text)) << text;
}

}  // namespace
}  // namespace packetdrop
