// SPDX-License-Identifier: Apache-2.0
// CPU time per exported series, beside that of node_exporter: plain, and as Prometheus asks.
#include "bench/report.h"
#include "bench/target.h"

namespace packetdrop::bench {
namespace {

constexpr int kRounds = 7;
constexpr int kScrapes = 100;

// µs of user and system time for each series.
double cost(const Target& target, HttpClient& client, const HttpHeaders& headers,
            std::size_t series) {
  const auto before = target.cpu_time();
  for (int i = 0; i < kScrapes; i++) scrape(client, headers);
  const std::chrono::duration<double, std::micro> spent = target.cpu_time() - before;
  return spent.count() / kScrapes / static_cast<double>(series);
}

void compare(const Target& ours, const Target& theirs, const HttpHeaders& headers,
             const std::string& name) {
  HttpClient to_us = must(HttpClient::connect(ours.address()));
  HttpClient to_them = must(HttpClient::connect(theirs.address()));
  const std::size_t our_series = count_series(scrape(to_us).body);
  const std::size_t their_series = count_series(scrape(to_them).body);
  cost(ours, to_us, headers, our_series);
  cost(theirs, to_them, headers, their_series);

  std::vector<double> our_costs, their_costs, shares;
  for (int i = 0; i < kRounds; i++) {
    our_costs.push_back(cost(ours, to_us, headers, our_series));
    their_costs.push_back(cost(theirs, to_them, headers, their_series));
    shares.push_back(our_costs.back() / their_costs.back());
  }
  report({.name = "CPU, " + name + ", " + std::to_string(our_series) + " series",
          .unit = "us/series",
          .decimals = 3},
         our_costs);
  report({.name = "node_exporter, " + name + ", " + std::to_string(their_series) + " series",
          .unit = "us/series",
          .decimals = 3},
         their_costs);
  report({.name = "CPU per series over node_exporter's, " + name,
          .unit = "",
          .decimals = 3,
          .required = at_most(0.1)},
         shares);
}

void run() {
  const Target ours = must(Target::exporter());
  const Target theirs = must(Target::node_exporter());
  compare(ours, theirs, {}, "plain");
  compare(ours, theirs, prometheus_headers(), "gzip");
}

}  // namespace
}  // namespace packetdrop::bench

int main() { packetdrop::bench::run(); }
