// SPDX-License-Identifier: Apache-2.0
// Scrapes per second of four clients that keep their connections, beside node_exporter.
#include <array>
#include <atomic>
#include <thread>

#include "bench/report.h"
#include "bench/target.h"

namespace packetdrop::bench {
namespace {

using std::chrono::steady_clock;

constexpr int kRounds = 5;
constexpr std::size_t kClients = 4;
constexpr auto kDuration = std::chrono::seconds(3);

double scrapes_per_second(const Target& target, const HttpHeaders& headers) {
  std::atomic<int> scrapes = 0;
  const auto begin = steady_clock::now();
  std::array<std::thread, kClients> clients;
  for (std::thread& thread : clients)
    thread = std::thread([&] {
      HttpClient client = must(HttpClient::connect(target.address()));
      while (steady_clock::now() - begin < kDuration) {
        scrape(client, headers);
        scrapes++;
      }
    });
  for (std::thread& thread : clients) thread.join();
  return scrapes / std::chrono::duration<double>(steady_clock::now() - begin).count();
}

void compare(const Target& ours, const Target& theirs, const HttpHeaders& headers,
             const std::string& name) {
  std::vector<double> our_rates, their_rates, ratios;
  for (int i = 0; i < kRounds; i++) {
    our_rates.push_back(scrapes_per_second(ours, headers));
    their_rates.push_back(scrapes_per_second(theirs, headers));
    ratios.push_back(our_rates.back() / their_rates.back());
  }
  report({.name = "scrape rate, 4 clients, " + name, .unit = "/s", .decimals = 0}, our_rates);
  report({.name = "node_exporter's, " + name, .unit = "/s", .decimals = 0}, their_rates);
  report(
      {.name = "scrape rate over node_exporter's, " + name, .unit = "x", .required = at_least(20)},
      ratios);
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
