// SPDX-License-Identifier: Apache-2.0
// A ttl is a Prometheus duration from 1s to 7d and nothing else.
#include "control/duration.h"

#include <gtest/gtest.h>

#include <string>

namespace packetdrop {
namespace {

using std::chrono::milliseconds;

struct Good {
  std::string text;
  milliseconds value;
};

TEST(Duration, takes_what_prometheus_takes) {
  const Good cases[] = {
      {"1s", milliseconds(1000)},        {"90s", milliseconds(90'000)},
      {"1m", milliseconds(60'000)},      {"1h30m", milliseconds(5'400'000)},
      {"1d", milliseconds(86'400'000)},  {"1w", milliseconds(604'800'000)},
      {"7d", milliseconds(604'800'000)}, {"6d23h59m59s", milliseconds(604'799'000)},
      {"1500ms", milliseconds(1500)},    {"1s500ms", milliseconds(1500)},
      {"0h1m", milliseconds(60'000)},    {"007s", milliseconds(7000)},
  };
  for (const Good& one : cases) {
    const auto ttl = parse_ttl(one.text);
    ASSERT_TRUE(ttl) << one.text << ": " << ttl.error().message;
    EXPECT_EQ(*ttl, one.value) << one.text;
  }
}

TEST(Duration, refuses_everything_else_and_says_what_is_right) {
  const std::string cases[] = {
      "",
      "0",
      "0s",
      "1",
      "s",
      "-1s",
      "+1s",
      " 1s",
      "1s ",
      "1 s",
      "1.5h",
      "1,5h",
      "1S",
      "1sec",
      "m5",
      "1m1h",
      "1h1h",
      "5s1m",
      "1h30",
      "999ms",
      "8d",
      "2w",
      "1y",
      "7d1ms",
      "1e3s",
      "0x10s",
      "1s\n",
      "1\xc2\xb5s",
      "inf",
      "NaN",
      "1ms1s",
      "18446744073709551616s",
      "18446744073709551615y",
      "99999999999999999999999999s",
      "213503982334602d",
      std::string("1s\0", 3),
  };
  for (const std::string& text : cases) {
    const auto ttl = parse_ttl(text);
    ASSERT_FALSE(ttl) << text;
    EXPECT_NE(ttl.error().message.find("from 1s to 7d"), std::string::npos) << text;
  }
}

TEST(Duration, overflow_does_not_wrap_into_the_range) {
  // 2^64 ms is 584542046y…: parts that add up to 2^64 + 10 s.
  EXPECT_FALSE(parse_ttl("18446744073709551s11616ms"));
  EXPECT_FALSE(parse_ttl("18446744073709561s616ms"));
}

}  // namespace
}  // namespace packetdrop
