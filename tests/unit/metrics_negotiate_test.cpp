// SPDX-License-Identifier: Apache-2.0
// Which format an Accept header gets.
#include <gtest/gtest.h>

#include "metrics/scrape.h"

namespace packetdrop {
namespace {

constexpr auto kText = ExpositionFormat::kText;
constexpr auto kOpen = ExpositionFormat::kOpenMetrics;

struct Case {
  const char* what;
  const char* accept;
  ExpositionFormat format;
};

constexpr Case kCases[] = {
    {"no header", "", kText},
    {"curl", "*/*", kText},
    {"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8",
     kText},
    {"Prometheus 2.42",
     "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
     "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
     kOpen},
    {"Prometheus 3",
     "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
     "application/openmetrics-text;version=0.0.1;q=0.4,"
     "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
     kOpen},
    {"Prometheus with protobuf first",
     "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
     "q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
     "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
     kOpen},
    {"Prometheus that wants text alone", "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", kText},
    {"OpenMetrics by name, no version", "application/openmetrics-text", kOpen},
    {"the older OpenMetrics alone", "application/openmetrics-text;version=0.0.1", kText},
    {"an OpenMetrics of the future", "application/openmetrics-text;version=2.0.0,*/*;q=0.1", kText},
    {"a text version that is not ours does not count against OpenMetrics",
     "text/plain;version=1.0.0,application/openmetrics-text;version=1.0.0;q=0.2", kOpen},
    {"text preferred", "application/openmetrics-text;q=0.4,text/plain;q=0.5", kText},
    {"a tie goes to OpenMetrics", "text/plain;q=0.5,application/openmetrics-text;q=0.5", kOpen},
    {"a tie with a wildcard too", "*/*,application/openmetrics-text", kOpen},
    {"a wildcard above it", "*/*,application/openmetrics-text;q=0.9", kText},
    {"a wildcard is not OpenMetrics", "application/*", kText},
    {"text named closer than the wildcard above it",
     "*/*;q=0.9,text/plain;q=0.1,application/openmetrics-text;q=0.5", kOpen},
    {"text/* counts as text", "text/*;q=0.9,application/openmetrics-text;q=0.5", kText},
    {"OpenMetrics refused", "application/openmetrics-text;q=0", kText},
    {"everything refused", "*/*;q=0", kText},
    {"spaces, case, quotes",
     " Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.8 , text/plain ; q=0.5", kOpen},
    {"a broken q voids its range", "application/openmetrics-text;q=x,text/plain;q=0.1", kText},
    {"a q above 1", "application/openmetrics-text;q=2", kText},
    {"a negative q", "application/openmetrics-text;q=-1", kText},
    {"a q that is not a number", "application/openmetrics-text;q=nan", kText},
    {"an empty q", "application/openmetrics-text;q=", kText},
    {"separators only", ",;,;;=,", kText},
    {"no subtype", "application/openmetrics-textual", kText},
};

TEST(Negotiation, follows_the_accept_header) {
  for (const Case& c : kCases)
    EXPECT_EQ(negotiate_format(c.accept), c.format) << c.what << ": " << c.accept;
}

TEST(Negotiation, content_types_name_version_and_charset) {
  EXPECT_EQ(content_type(kText), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type(kOpen), "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

}  // namespace
}  // namespace packetdrop
