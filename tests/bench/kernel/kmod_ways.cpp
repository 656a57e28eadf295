// SPDX-License-Identifier: Apache-2.0
// The module on one hook: a build of it that leaves the other hooks alone.
#include "bench/kernel/kernel_module.h"
#include "bench/kernel/way.h"
#include "bench/report.h"
#include "sources/kmod/kmod_source.h"

namespace packetdrop::bench {
namespace {

class Counting : public Attached {
 public:
  explicit Counting(pd_hook hook)
      : hook_(hook),
        module_("drop_packet_alone", "only=" + std::to_string(hook)),
        source_(make_kmod_source({})) {
    must(source_->activate());
  }
  ~Counting() override { must(source_->deactivate()); }

  ProbeState state() const { return must(source_->read()).probes[hook_]; }

  std::uint64_t packets() const override {
    std::uint64_t sum = 0;
    const Snapshot snapshot = must(source_->read());
    for (const Counters& counters : snapshot.counters[hook_]) sum += counters.packets;
    return sum;
  }

 private:
  pd_hook hook_;
  KernelModule module_;
  std::unique_ptr<Source> source_;
};

class Empty : public Attached {
 public:
  explicit Empty(const std::string& parameters) : module_("empty_probe", parameters) {}
  std::uint64_t packets() const override { return 0; }

 private:
  KernelModule module_;
};

class KmodWay : public Way {
 public:
  explicit KmodWay(pd_hook hook) : hook_(hook), state_(Counting(hook).state()) {}

  std::string mechanism() const override { return state_.mechanism; }
  std::unique_ptr<Attached> attach_empty() const override {
    return std::make_unique<Empty>(state_.mechanism == "kprobe" ? "symbol=" + state_.target : "");
  }
  std::unique_ptr<Attached> attach_counting() const override {
    return std::make_unique<Counting>(hook_);
  }

 private:
  pd_hook hook_;
  ProbeState state_;
};

}  // namespace

NamedWays kmod_ways() {
  NamedWays named{.name = "kmod", .ways = {}};
  for (const ProbeInfo& hook : hooks())
    named.ways.push_back(std::make_unique<KmodWay>(hook.hook()));
  return named;
}

}  // namespace packetdrop::bench
