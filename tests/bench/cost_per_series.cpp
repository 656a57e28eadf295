// SPDX-License-Identifier: Apache-2.0
// CPU time per exported series, beside that of node_exporter: plain, and as Prometheus asks; how it
// grows with the series; and what drops cost that have no series of their own.
#include <charconv>
#include <filesystem>
#include <string_view>

#include "bench/drop_server.h"
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

Target serving(std::size_t drops) {
  const std::string mark = drops == 0 ? "packetdrop_active" : "packetdrop_drops_total";
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  return must(Target::start(self, {std::to_string(drops)}, {mark}));
}

// Without a kernel: what is compared is the same program with more and more in its tables.
void grow(const HttpHeaders& headers, const std::string& name) {
  static constexpr std::size_t kFolded = 10'000;
  const Target few = serving(0);
  const Target many = serving(kShownDrops);
  const Target folding = serving(kShownDrops + kFolded);
  HttpClient to_few = must(HttpClient::connect(few.address()));
  HttpClient to_many = must(HttpClient::connect(many.address()));
  HttpClient to_folding = must(HttpClient::connect(folding.address()));
  const std::size_t few_series = count_series(scrape(to_few).body);
  const std::size_t many_series = count_series(scrape(to_many).body);
  std::vector<double> few_costs, many_costs, ratios, folded_costs, shares;
  for (int i = 0; i < kRounds; i++) {
    few_costs.push_back(cost(few, to_few, headers, few_series));
    many_costs.push_back(cost(many, to_many, headers, many_series));
    ratios.push_back(many_costs.back() / few_costs.back());
    const double whole = cost(many, to_many, headers, 1);
    folded_costs.push_back((cost(folding, to_folding, headers, 1) - whole) / kFolded);
    shares.push_back(folded_costs.back() / many_costs.back());
  }
  const auto series = [](std::size_t count) { return std::to_string(count) + " series"; };
  report({.name = "CPU without a kernel, " + name + ", " + series(few_series),
          .unit = "us/series",
          .decimals = 3},
         few_costs);
  report({.name = "... " + series(many_series), .unit = "us/series", .decimals = 3}, many_costs);
  report({.name = "... over that of " + series(few_series),
          .unit = "",
          .decimals = 2,
          .required = at_most(1)},
         ratios);
  report({.name = "... a drop that is only folded", .unit = "us/drop", .decimals = 3},
         folded_costs);
  report({.name = "... over a series", .unit = "", .decimals = 2, .required = at_most(0.1)},
         shares);
}

void run() {
  const Target ours = must(Target::exporter());
  const Target theirs = must(Target::node_exporter());
  compare(ours, theirs, {}, "plain");
  compare(ours, theirs, prometheus_headers(), "gzip");
  grow({}, "plain");
  grow(prometheus_headers(), "gzip");
}

// "--web.listen-address=ADDRESS DROPS", as serving() starts it.
int serve(std::string_view flag, std::string_view text) {
  std::size_t drops = 0;
  std::from_chars(text.data(), text.data() + text.size(), drops);
  return serve_drops(std::string(flag.substr(flag.find('=') + 1)), drops);
}

}  // namespace
}  // namespace packetdrop::bench

int main(int argc, char** argv) {
  if (argc == 3) return packetdrop::bench::serve(argv[1], argv[2]);
  packetdrop::bench::run();
}
