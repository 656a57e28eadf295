// SPDX-License-Identifier: Apache-2.0
// Resident memory over ten thousand scrapes, by a client that keeps its connection and by clients
// that come with a new one each time.
#include <optional>
#include <thread>

#include "bench/report.h"
#include "bench/target.h"

namespace packetdrop::bench {
namespace {

constexpr int kRuns = 5;
constexpr int kEarly = 1'000;
constexpr int kAll = 10'000;

// One keep-alive client for all of it: each further connection takes a further worker, whose stack
// and buffers it touches once.
class Client {
 public:
  Client(const Target& exporter, bool keep_alive) : exporter_(exporter), keep_alive_(keep_alive) {}

  void scrape_times(int times) {
    for (int i = 0; i < times; i++) {
      if (!client_ || !keep_alive_) client_.emplace(must(HttpClient::connect(exporter_.address())));
      scrape(*client_, prometheus_headers());
    }
    // The worker frees what it holds after its answer is out.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }

 private:
  const Target& exporter_;
  const bool keep_alive_;
  std::optional<HttpClient> client_;
};

void run(bool keep_alive, const std::string& name) {
  std::vector<double> resident, growth, peak;
  for (int i = 0; i < kRuns; i++) {
    const Target exporter = must(Target::exporter());
    Client client(exporter, keep_alive);
    client.scrape_times(kEarly);
    const long early = exporter.resident();
    client.scrape_times(kAll - kEarly);
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
