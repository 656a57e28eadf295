// SPDX-License-Identifier: Apache-2.0
// What a scrape takes that meets a drop for the first time, whose function and reason it has to
// name; and the slowest scrape while a flood of drops goes on.
#include <algorithm>
#include <thread>

#include "bench/report.h"
#include "bench/target.h"
#include "lab/flood.h"
#include "lab/sender.h"

namespace packetdrop::bench {
namespace {

using std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr int kStarts = 15;
constexpr int kFloods = 3;
constexpr auto kDuration = std::chrono::seconds(10);
constexpr auto kInterval = std::chrono::milliseconds(100);

double scrape_milliseconds(HttpClient& client) {
  const auto begin = steady_clock::now();
  scrape(client);
  return Milliseconds(steady_clock::now() - begin).count();
}

// To each exporter that just started, every function is new.
void first_of_a_function() {
  const lab::NetNs ns = must(lab::NetNs::create());
  must(ns.ip("link set lo up"));
  std::vector<double> known, first, cpu;
  for (int i = 0; i < kStarts; i++) {
    const Target target = must(Target::exporter());
    HttpClient client = must(HttpClient::connect(target.address()));
    for (int warm = 0; warm < 3; warm++) scrape(client);
    known.push_back(scrape_milliseconds(client));
    must(lab::drop_datagrams(ns, "::1", 1));
    const auto before = target.cpu_time();
    first.push_back(scrape_milliseconds(client));
    cpu.push_back(Milliseconds(target.cpu_time() - before).count());
  }
  report({.name = "scrape that meets nothing new", .unit = "ms", .decimals = 2}, known);
  report(
      {.name = "scrape that meets a new drop", .unit = "ms", .decimals = 2, .required = at_most(5)},
      first);
  report({.name = "... its CPU", .unit = "ms", .decimals = 2, .required = at_most(5)}, cpu);
}

void slowest_in_a_flood() {
  std::vector<double> slowest, cpu, rates;
  for (int i = 0; i < kFloods; i++) {
    const Target target = must(Target::exporter());
    HttpClient client = must(HttpClient::connect(target.address()));
    auto flood = must(lab::Flood::create());
    std::thread flooding([&] { must(flood.run(kDuration)); });
    double most = 0, most_cpu = 0;
    for (const auto end = steady_clock::now() + kDuration; steady_clock::now() < end;) {
      const auto before = target.cpu_time();
      most = std::max(most, scrape_milliseconds(client));
      most_cpu = std::max(most_cpu, Milliseconds(target.cpu_time() - before).count());
      std::this_thread::sleep_for(kInterval);
    }
    flooding.join();
    slowest.push_back(most);
    cpu.push_back(most_cpu);
    rates.push_back(static_cast<double>(flood.dropped()) /
                    std::chrono::duration<double>(kDuration).count());
  }
  report({.name = "flood while it is scraped", .unit = "drops/s", .decimals = 0}, rates);
  report({.name = "slowest scrape in the flood, new drops and all",
          .unit = "ms",
          .decimals = 2,
          .required = at_most(5)},
         slowest);
  // What it did itself; the flood and whatever else runs keep it waiting besides.
  report({.name = "... the most CPU that one took",
          .unit = "ms",
          .decimals = 2,
          .required = at_most(5)},
         cpu);
}

}  // namespace
}  // namespace packetdrop::bench

int main() {
  packetdrop::bench::first_of_a_function();
  packetdrop::bench::slowest_in_a_flood();
}
