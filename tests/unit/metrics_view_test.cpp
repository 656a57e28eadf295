// SPDX-License-Identifier: Apache-2.0
// A view of any kind as families, byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "imaginary_view.h"
#include "metrics/view_family.h"

namespace packetdrop {
namespace {

using testing::HasSubstr;

std::string write(View (*make)(), ExpositionFormat format, bool created = false) {
  std::vector<SourceView> views;
  views.push_back({.source = "bpf", .view = make()});
  std::string text;
  ViewFamily(*views.front().view.info, format).write(views, created, text);
  return text;
}

TEST(ViewFamily, writes_a_counter_and_its_overflow) {
  EXPECT_EQ(write(imaginary_counter, ExpositionFormat::kText),
            "# HELP packetdrop_imaginary_packets_total Packets that nobody sent.\n"
            "# TYPE packetdrop_imaginary_packets_total counter\n"
            "packetdrop_imaginary_packets_total{source=\"bpf\",stage=\"a\",family=\"ipv4\","
            "protocol=\"udp\"} 7\n"
            "packetdrop_imaginary_packets_total{source=\"bpf\",stage=\"b\\\"\\\\\\n<\","
            "family=\"ipv6\",protocol=\"tcp\"} 1234\n"
            "# HELP packetdrop_imaginary_folded_total Those that did not fit.\n"
            "# TYPE packetdrop_imaginary_folded_total counter\n"
            "packetdrop_imaginary_folded_total{source=\"bpf\"} 3\n");
}

TEST(ViewFamily, writes_created_lines_where_the_first_event_is_known) {
  const std::string labels = "{source=\"bpf\",stage=\"a\",family=\"ipv4\",protocol=\"udp\"} ";
  const std::string text = write(imaginary_counter, ExpositionFormat::kOpenMetrics, true);
  EXPECT_THAT(text, HasSubstr("packetdrop_imaginary_packets_total" + labels +
                              "7\npacketdrop_imaginary_packets_created" + labels +
                              "1893456000\npacketdrop_imaginary_packets_total{"));
  EXPECT_THAT(text, HasSubstr("1234\n# HELP packetdrop_imaginary_folded "));
}

TEST(ViewFamily, writes_a_gauge_without_columns) {
  EXPECT_EQ(write(imaginary_gauge, ExpositionFormat::kOpenMetrics),
            "# HELP packetdrop_imaginary_depth_bytes Depth of a queue that is not there.\n"
            "# TYPE packetdrop_imaginary_depth_bytes gauge\n"
            "# UNIT packetdrop_imaginary_depth_bytes bytes\n"
            "packetdrop_imaginary_depth_bytes{source=\"bpf\"} 5\n");
}

TEST(ViewFamily, writes_a_histogram_in_text_0_0_4) {
  const std::string metric = "packetdrop_imaginary_latency_seconds";
  const std::string a = "{source=\"bpf\",stage=\"a\"", b = "{source=\"bpf\",stage=\"b\"";
  EXPECT_EQ(write(imaginary_histogram, ExpositionFormat::kText),
            "# HELP " + metric + " Time that nobody waited.\n# TYPE " + metric + " histogram\n" +
                metric + "_bucket" + a + ",le=\"2e-06\"} 1\n" +   //
                metric + "_bucket" + a + ",le=\"0.0005\"} 3\n" +  //
                metric + "_bucket" + a + ",le=\"1\"} 3\n" +       //
                metric + "_bucket" + a + ",le=\"+Inf\"} 10\n" +   //
                metric + "_sum" + a + "} 12.5\n" +                //
                metric + "_count" + a + "} 10\n" +                //
                metric + "_bucket" + b + ",le=\"2e-06\"} 0\n" +   //
                metric + "_bucket" + b + ",le=\"0.0005\"} 0\n" +  //
                metric + "_bucket" + b + ",le=\"1\"} 0\n" +       //
                metric + "_bucket" + b + ",le=\"+Inf\"} 0\n" +    //
                metric + "_sum" + b + "} 0\n" +                   //
                metric + "_count" + b + "} 0\n");
}

TEST(ViewFamily, writes_a_histogram_in_OpenMetrics_with_bounds_as_floats) {
  const std::string metric = "packetdrop_imaginary_latency_seconds";
  const std::string a = "{source=\"bpf\",stage=\"a\"";
  const std::string text = write(imaginary_histogram, ExpositionFormat::kOpenMetrics, true);
  EXPECT_THAT(text, HasSubstr("# TYPE " + metric + " histogram\n# UNIT " + metric + " seconds\n"));
  EXPECT_THAT(text, HasSubstr(metric + "_bucket" + a + ",le=\"1.0\"} 3\n"));
  EXPECT_THAT(text, HasSubstr(metric + "_bucket" + a + ",le=\"+Inf\"} 10\n"));
  EXPECT_THAT(text, HasSubstr(metric + "_count" + a + "} 10\n" + metric + "_created" + a +
                              "} 1893456000\n"));
}

TEST(ViewFamily, is_left_out_where_there_are_no_rows) {
  for (const ViewInfo* info : {&kImaginaryGauge, &kImaginaryHistogram}) {
    std::vector<SourceView> views;
    views.push_back({.source = "bpf", .view = {.info = info}});
    std::string text;
    ViewFamily(*info, ExpositionFormat::kText).write(views, false, text);
    EXPECT_EQ(text, "") << info->name;
  }
}

TEST(TextBuffer, loses_nothing_of_pieces_of_any_length) {
  std::string out = "before", expected = "before";
  {
    TextBuffer buffer(out);
    for (const std::size_t length : {0u, 1u, 4095u, 1u, 4096u, 4097u, 3u, 10'000u, 4096u, 2u}) {
      const std::string piece(length, static_cast<char>('a' + expected.size() % 26));
      buffer.add(piece);
      expected += piece;
    }
  }
  EXPECT_EQ(out, expected);
}

}  // namespace
}  // namespace packetdrop
