// SPDX-License-Identifier: Apache-2.0
// Resident memory over ten thousand scrapes, by a client that keeps its connection and by clients
// that come with a new one each time.
#include "bench/report.h"
#include "bench/target.h"

namespace packetdrop::bench {
namespace {

constexpr int kRuns = 5;
constexpr int kEarly = 1'000;
constexpr int kAll = 10'000;

void scrape_times(const Target& exporter, bool keep_alive, int times) {
  std::optional<HttpClient> client;
  for (int i = 0; i < times; i++) {
    if (!client || !keep_alive) client.emplace(must(HttpClient::connect(exporter.address())));
    scrape(*client, prometheus_headers());
  }
}

void run(bool keep_alive, const std::string& name) {
  std::vector<double> resident, growth, peak;
  for (int i = 0; i < kRuns; i++) {
    const Target exporter = must(Target::exporter());
    scrape_times(exporter, keep_alive, kEarly);
    const long early = exporter.resident();
    scrape_times(exporter, keep_alive, kAll - kEarly);
    const long late = exporter.resident();
    resident.push_back(static_cast<double>(late) / 1024);
    growth.push_back(static_cast<double>(late - early));
    peak.push_back(static_cast<double>(exporter.resident_peak()) / 1024);
  }
  report({.name = "RSS after 10000 scrapes, " + name,
          .unit = "MiB",
          .decimals = 2,
          .required = at_most(12)},
         resident);
  report({.name = "RSS growth from the 1000th, " + name,
          .unit = "KiB",
          .decimals = 0,
          .required = at_most(0)},
         growth);
  report({.name = "RSS peak, " + name, .unit = "MiB", .decimals = 2}, peak);
}

}  // namespace
}  // namespace packetdrop::bench

int main() {
  packetdrop::bench::run(true, "keep-alive");
  packetdrop::bench::run(false, "new connections");
}
