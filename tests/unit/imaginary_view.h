// SPDX-License-Identifier: Apache-2.0
// Views of nothing real, one of each kind, for the tests of what prints views.
#pragma once

#include "views/view.h"

namespace packetdrop {

inline constexpr Column kImaginaryColumns[] = {
    {.name = "stage", .title = "Stage", .what = "which stage", .look = Look::kCode},
    {.name = "family", .title = "Family", .what = "which family", .fixed = true},
    {.name = "protocol",
     .title = "protocol",
     .what = "which protocol",
     .fixed = true,
     .look = Look::kJoined},
};
inline constexpr double kImaginaryBounds[] = {0.000002, 0.0005, 1};
inline constexpr Note kImaginaryNotes[] = {
    {.column = {.name = "meaning", .title = "Meaning", .what = "what it means"},
     .text = [](const Cells& cells) {
       return cells[0] == "a" ? std::string_view("the <first>") : std::string_view();
     }}};

inline constexpr ViewInfo kImaginaryCounter = {
    .name = "imaginary",
    .metric = "packetdrop_imaginary_packets_total",
    .help = [] { return std::string("Packets that nobody sent."); },
    .columns = kImaginaryColumns,
    .value = {.name = "count", .title = "Packets", .what = "packets"},
    .notes = kImaginaryNotes,
    .dated = true,
    .most_rows = 2,
    .overflow = {.metric = "packetdrop_imaginary_folded_total",
                 .help = [] { return std::string("Those that did not fit."); },
                 .column = {.name = "folded", .title = "Folded", .what = "packets"}},
};

inline constexpr ViewInfo kImaginaryGauge = {
    .name = "imaginary_depth",
    .metric = "packetdrop_imaginary_depth_bytes",
    .kind = ViewKind::kGauge,
    .help = [] { return std::string("Depth of a queue that is not there."); },
    .value = {.name = "bytes", .title = "Bytes", .what = "bytes"},
};

inline constexpr ViewInfo kImaginaryHistogram = {
    .name = "imaginary_latency",
    .metric = "packetdrop_imaginary_latency_seconds",
    .kind = ViewKind::kHistogram,
    .help = [] { return std::string("Time that nobody waited."); },
    .columns = std::span(kImaginaryColumns).first<1>(),
    .value = {.name = "count", .title = "Packets", .what = "packets"},
    .dated = true,
    .most_rows = 2,
    .bounds = kImaginaryBounds,
};

// 2030 began then.
inline constexpr std::chrono::system_clock::time_point kImaginaryStart =
    std::chrono::sys_days(std::chrono::year(2030) / 1 / 1);

inline View imaginary_counter() {
  View view{.info = &kImaginaryCounter};
  view.rows = {{.cells = {"a", "ipv4", "udp"}, .number = 7, .since = kImaginaryStart},
               {.cells = {"b\"\\\n<", "ipv6", "tcp"}, .number = 1234}};
  view.overflow = 3;
  return view;
}

inline View imaginary_gauge() {
  View view{.info = &kImaginaryGauge};
  view.rows = {{.number = 5}};
  return view;
}

inline View imaginary_histogram() {
  View view{.info = &kImaginaryHistogram};
  view.rows = {{.cells = {"a"}, .number = 10, .since = kImaginaryStart}, {.cells = {"b"}}};
  view.distributions = {{.buckets = {1, 2, 0, 7}, .sum = 12.5}, {.buckets = {0, 0, 0, 0}}};
  return view;
}

}  // namespace packetdrop
