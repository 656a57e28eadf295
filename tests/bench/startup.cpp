// SPDX-License-Identifier: Apache-2.0
// From before exec to the first answered scrape that says that the exporter counts.
#include "bench/report.h"
#include "bench/target.h"

namespace packetdrop::bench {
namespace {

constexpr int kRuns = 20;

void run() {
  std::vector<double> samples;
  for (int i = 0; i < kRuns; i++) {
    const Target exporter = must(Target::exporter());
    samples.push_back(std::chrono::duration<double, std::milli>(exporter.startup()).count());
  }
  report({.name = "exec to the first /metrics with counts", .unit = "ms", .required = at_most(150)},
         samples);
}

}  // namespace
}  // namespace packetdrop::bench

int main() { packetdrop::bench::run(); }
