// SPDX-License-Identifier: Apache-2.0
// Any view as JSON, as a table of the page and as columns of the client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "api/view_json.h"
#include "client/columns.h"
#include "imaginary_view.h"
#include "page/view_table.h"

namespace packetdrop {
namespace {

using nlohmann::json;

TEST(ViewJson, names_each_column_note_and_value) {
  json list = json::array();
  append_rows(list, "bpf", imaginary_counter());
  EXPECT_EQ(list, json::parse(R"([
    {"source": "bpf", "stage": "a", "family": "ipv4", "protocol": "udp", "meaning": "the <first>",
     "count": 7, "since": "2030-01-01T00:00:00Z"},
    {"source": "bpf", "stage": "b\"\\\n<", "family": "ipv6", "protocol": "tcp", "meaning": null,
     "count": 1234, "since": "1970-01-01T00:00:00Z"}])"));
}

TEST(ViewJson, has_the_buckets_of_a_histogram_each_by_itself) {
  json list = json::array();
  append_rows(list, "bpf", imaginary_histogram());
  EXPECT_EQ(list.at(0), json::parse(R"({"source": "bpf", "stage": "a", "count": 10, "sum": 12.5,
    "since": "2030-01-01T00:00:00Z", "buckets": [{"le": 2e-06, "count": 1}, {"le": 0.0005, "count": 2},
    {"le": 1.0, "count": 0}, {"le": null, "count": 7}]})"));
}

TEST(ViewTable, shows_columns_as_they_are_looked_at) {
  std::string html;
  append_table(html, imaginary_counter(), 10, [](const ViewRow& row) {
    return row.number == 7 ? std::string_view("<small>hint</small>") : std::string_view();
  });
  EXPECT_EQ(html,
            "<div class=scroll><table class=stack><tr><th>Stage<th>Family/protocol"
            "<th class=number>Packets</tr>"
            "<tr><td class=wide><code>a</code><small>the &lt;first&gt;</small><small>hint</small>"
            "<td class=soft>ipv4/udp<td class=number data-label=Packets>7</tr>"
            "<tr><td class=wide><code>b&quot;\\\n&lt;</code>"
            "<td class=soft>ipv6/tcp<td class=number data-label=Packets>1,234</tr>"
            "</table></div>");
}

TEST(ViewTable, shows_as_many_rows_as_asked_for) {
  std::string html;
  append_table(html, imaginary_counter(), 1);
  EXPECT_THAT(html, testing::HasSubstr("ipv4/udp"));
  EXPECT_THAT(html, testing::Not(testing::HasSubstr("ipv6/tcp")));
}

TEST(ViewColumns, align_and_hide_control_characters) {
  EXPECT_EQ(to_columns(imaginary_counter()),
            "STAGE  FAMILY  PROTOCOL  COUNT\n"
            "a      ipv4    udp           7\n"
            "b\"\\?<  ipv6    tcp        1234\n");
}

TEST(ViewColumns, of_a_view_without_rows_are_the_titles) {
  EXPECT_EQ(to_columns({.info = &kImaginaryHistogram}), "STAGE  COUNT\n");
}

}  // namespace
}  // namespace packetdrop
