// SPDX-License-Identifier: Apache-2.0
// What one event costs, in instructions: runs in a guest whose clock advances by 1 ns with each.
// One line a hook and way, for tests/bench/kernel/table; a line with "-" where it is not available.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "base/unique_fd.h"
#include "bench/kernel/kernel_module.h"
#include "bench/kernel/traffic.h"
#include "bench/kernel/way.h"
#include "bench/report.h"
#include "sources/kmod/kmod_source.h"

namespace packetdrop::bench {
namespace {

constexpr int kRuns = 3;
// A batch is shorter than a tick: the median of them has none in it.
constexpr int kBatches = 41;
constexpr int kPackets = 64;

double instructions() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Of one packet on its whole way.
double per_packet(Traffic& traffic, pd_hook hook) {
  std::vector<double> batches;
  traffic.send(hook, kPackets);  // what happens once only
  for (int i = 0; i < kBatches; i++) {
    const double before = instructions();
    traffic.send(hook, kPackets);
    batches.push_back((instructions() - before) / kPackets);
  }
  return median(std::move(batches));
}

double per_counted_packet(Traffic& traffic, pd_hook hook, const Way& way) {
  const auto attached = way.attach_counting();
  const double cost = per_packet(traffic, hook);
  constexpr std::uint64_t kSent = (kBatches + 1) * kPackets;
  if (attached->packets() != kSent)
    must(Result<void>(Error{.code = 0,
                            .message = std::string(hooks()[hook].label) + " by " + way.mechanism() +
                                       ": counted " + std::to_string(attached->packets()) + " of " +
                                       std::to_string(kSent)}));
  return cost;
}

double per_uncounted_packet(Traffic& traffic, pd_hook hook, const Way& way) {
  const auto attached = way.attach_empty();
  return per_packet(traffic, hook);
}

// The kernel's part (an empty handler against none), the body (the one that counts against the
// empty one), and how far the bodies of several runs are apart.
void measure(Traffic& traffic, const ProbeInfo& hook, const std::string& name, const Way& way) {
  std::vector<double> empties, bodies;
  for (int run = 0; run < kRuns; run++) {
    const double none = per_packet(traffic, hook.hook());
    const double empty = per_uncounted_packet(traffic, hook.hook(), way);
    empties.push_back(empty - none);
    bodies.push_back(per_counted_packet(traffic, hook.hook(), way) - empty);
  }
  const auto [low, high] = std::ranges::minmax(bodies);
  std::printf("cost\t%s\t%s\t%s\t%.0f\t%.0f\t%.1f\n", std::string(hook.label).c_str(), name.c_str(),
              way.mechanism().c_str(), median(empties), median(bodies), high - low);
  std::fflush(stdout);
}

void measure_all(Traffic& traffic) {
  std::vector<NamedWays> all = bpf_ways();
  all.insert(all.begin(), kmod_ways());
  for (const ProbeInfo& hook : hooks())
    for (const NamedWays& named : all) {
      const auto& way = named.ways[hook.id];
      if (way)
        measure(traffic, hook, named.name, *way);
      else
        std::printf("cost\t%s\t%s\t-\n", std::string(hook.label).c_str(), named.name.c_str());
    }
}

bool every_key_has_counted(const Snapshot& snapshot) {
  for (const ProbeInfo& hook : hooks())
    for (std::size_t key = 0; key < kKeyCount; key++)
      if (is_legal(hook, key) && snapshot.counters[hook.id][key].packets == 0) return false;
  return true;
}

std::size_t read_to_the_end(const char* path) {
  const UniqueFd file(open(path, O_RDONLY | O_CLOEXEC));
  std::array<char, 64 * 1024> text;
  std::size_t size = 0;
  ssize_t n = 0;
  while ((n = read(file.get(), text.data(), text.size())) > 0) size += static_cast<std::size_t>(n);
  return size;
}

// open(), read() to the end and close(), as a scrape does them.
void measure_read(Traffic& traffic) {
  const KernelModule module("drop_packet");
  const auto source = make_kmod_source({});
  must(source->activate());
  traffic.send_every_kind();
  if (!every_key_has_counted(must(source->read())))
    must(Result<void>(Error{.code = 0, .message = "some keys of the module are 0"}));

  std::size_t bytes = 0;
  std::vector<double> reads;
  for (int i = 0; i < kBatches; i++) {
    const double before = instructions();
    bytes = read_to_the_end("/proc/mooc/net/drop-packet");
    reads.push_back(instructions() - before);
  }
  must(source->deactivate());
  const auto [low, high] = std::ranges::minmax(reads);
  std::printf("read\t%zu\t%.0f\t%.0f\t%.0f\n", bytes, median(reads), low, high);
}

void run() {
  Traffic traffic;
  measure_all(traffic);
  measure_read(traffic);
}

}  // namespace
}  // namespace packetdrop::bench

int main() { packetdrop::bench::run(); }
