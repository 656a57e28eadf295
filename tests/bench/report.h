// SPDX-License-Identifier: Apache-2.0
// What the benchmarks print: a figure a line, and an end where one cannot be taken.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace packetdrop::bench {

// The bound that a median has to keep.
struct Required {
  enum class Kind { kNothing, kAtMost, kAtLeast };
  Kind kind = Kind::kNothing;
  double bound = 0;
};
inline Required at_most(double bound) { return {Required::Kind::kAtMost, bound}; }
inline Required at_least(double bound) { return {Required::Kind::kAtLeast, bound}; }

struct Figure {
  std::string name;
  std::string unit;
  int decimals = 1;
  Required required = {};
};

double median(std::vector<double> samples);

// One line of the table: the median, the range, what is required and whether it is kept.
void report(const Figure& figure, const std::vector<double>& samples);

// Nothing can be measured after an error, so it ends the benchmark.
template <typename T>
T must(Result<T> result) {
  if (result) return *std::move(result);
  std::fprintf(stderr, "cannot measure: %s\n", result.error().message.c_str());
  std::exit(1);
}
template <>
inline void must(Result<void> result) {
  if (result) return;
  std::fprintf(stderr, "cannot measure: %s\n", result.error().message.c_str());
  std::exit(1);
}

}  // namespace packetdrop::bench
