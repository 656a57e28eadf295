// SPDX-License-Identifier: Apache-2.0
// What the benchmarks print.
#include "bench/report.h"

#include <algorithm>

namespace packetdrop::bench {
namespace {

// Rounded as it is printed, so that the comparison is about the number that one reads.
std::string format(double value, int decimals) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", decimals, value);
  return text;
}

std::string describe(const Required& required) {
  char text[32];
  std::snprintf(text, sizeof(text), "%s %g",
                required.kind == Required::Kind::kAtMost ? "<=" : ">=", required.bound);
  return required.kind == Required::Kind::kNothing ? "" : text;
}

const char* verdict(const Required& required, double value) {
  switch (required.kind) {
    case Required::Kind::kAtMost:
      return value <= required.bound ? "ok" : "NOT";
    case Required::Kind::kAtLeast:
      return value >= required.bound ? "ok" : "NOT";
    case Required::Kind::kNothing:
      break;
  }
  return "";
}

}  // namespace

double median(std::vector<double> samples) {
  std::ranges::sort(samples);
  const std::size_t half = samples.size() / 2;
  return samples.size() % 2 ? samples[half] : (samples[half - 1] + samples[half]) / 2;
}

void report(const Figure& figure, const std::vector<double>& samples) {
  const auto [low, high] = std::ranges::minmax(samples);
  const std::string middle = format(median(samples), figure.decimals);
  const std::string range = format(low, figure.decimals) + " - " + format(high, figure.decimals) +
                            ", n=" + std::to_string(samples.size());
  std::printf("%-52s %10s %-10s %-26s %-9s %s\n", figure.name.c_str(), middle.c_str(),
              figure.unit.c_str(), range.c_str(), describe(figure.required).c_str(),
              verdict(figure.required, std::strtod(middle.c_str(), nullptr)));
  std::fflush(stdout);
}

}  // namespace packetdrop::bench
