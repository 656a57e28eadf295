// SPDX-License-Identifier: Apache-2.0
// The exporter's server over tables of drops that no kernel has filled.
#include "bench/drop_server.h"

#include <malloc.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "api/service.h"
#include "bench/report.h"
#include "sources/bpf/drop_map.h"
#include "sources/bpf/name_drops.h"
#include "uapi/packetdrop_drops.h"

namespace packetdrop::bench {
namespace {

constexpr std::size_t kNamedKeys = 11;
constexpr std::size_t kFunctions = 199;  // beside "other"
constexpr std::uint64_t kText = 0xffffffff81000000;

// Numbers that give each of the first drops a row of its own in both views, and the others none.
RawDrop numbered(std::size_t i) {
  const std::size_t function = i < kShownDrops ? i % kFunctions : i;
  return {.location = kText + function * 4099,
          .reason = static_cast<std::uint32_t>(2 + i / kNamedKeys),
          .key = static_cast<std::uint32_t>(i % kNamedKeys),
          .count = i + 1,
          .first = i + 1};
}

class DropSource : public Source {
 public:
  explicit DropSource(std::size_t drops) : namer_({}, "") {
    ReasonNames reasons;
    for (std::size_t i = 0; i < drops; i++) {
      const RawDrop drop = numbered(i);
      reasons.emplace(drop.reason, "BENCHMARK_REASON_" + std::to_string(drop.reason));
      enter(drop);
    }
    namer_.know_reasons(std::move(reasons));
    namer_.ask([](std::uint64_t address) {
      return FunctionName{.name = "benchmark_function_" + std::to_string(address % 1'000'003),
                          .module = {}};
    });
    snapshot_.active = true;
  }

  std::string_view name() const override { return "bpf"; }
  Result<void> activate() override { return {}; }
  Result<void> deactivate() override { return {}; }
  Result<Snapshot> read() override {
    Snapshot snapshot = snapshot_;
    snapshot.drops = name_drops(merge_drops(cpus_, *folds_), namer_);
    return snapshot;
  }

 private:
  // On the first CPU that has a slot for it, or on one more.
  void enter(const RawDrop& drop) {
    const std::uint32_t hash = pd_drop_hash(drop.location, drop.reason, drop.key);
    for (std::size_t cpu = 0;; cpu++) {
      if (cpu == cpus_.size()) cpus_.emplace_back();
      for (std::uint32_t attempt = 0; attempt < PD_DROP_PROBES; attempt++) {
        pd_drop& slot = cpus_[cpu].slot[pd_drop_slot(hash, attempt)];
        if (slot.claims != 0) continue;
        slot = {.location = drop.location,
                .reason = drop.reason,
                .key = drop.key,
                .hash = hash,
                .claims = 1,
                .count = drop.count,
                .first = drop.first};
        return;
      }
    }
  }

  std::vector<pd_drop_table> cpus_;
  std::unique_ptr<pd_fold_table> folds_ = std::make_unique<pd_fold_table>();
  DropNamer namer_;
  Snapshot snapshot_;
};

}  // namespace

int serve_drops(const std::string& address, std::size_t drops) {
  mallopt(M_ARENA_MAX, 1);  // as the exporter does
  std::vector<std::unique_ptr<Source>> sources;
  sources.push_back(std::make_unique<DropSource>(drops));
  Controller controller(std::move(sources));
  const auto server = must(Service::start({.listen_addresses = {address}}, controller, {}));
  while (true) ::pause();
}

}  // namespace packetdrop::bench
