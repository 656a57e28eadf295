// SPDX-License-Identifier: Apache-2.0
// The source "bpf": gate, grace period and counters around an attachment.
#include "sources/bpf/bpf_source.h"

#include <malloc.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <future>
#include <mutex>
#include <optional>
#include <system_error>
#include <type_traits>

#include "host/names/drop_namer.h"
#include "host/preflight.h"
#include "sources/bpf/attach.h"
#include "sources/bpf/grace_period.h"
#include "sources/bpf/kernel_btf.h"
#include "sources/bpf/kernel_namer.h"
#include "sources/bpf/libbpf_log.h"
#include "sources/bpf/maps.h"
#include "sources/bpf/name_drops.h"

namespace packetdrop {
namespace {

// What stays in the kernel from the first activation to the end of the process.
struct Kernel {
  KernelBtf btf;
  Maps maps;
  GracePeriod grace;
};

Result<Kernel> prepare(const BpfOptions& options, const HostFacts& facts) {
  auto btf = load_kernel_btf(facts.btf, options.btf);
  if (!btf) return btf.error();
  const auto cpus = possible_cpus(facts.paths);
  if (!cpus) return cpus.error();
  auto maps = Maps::create(*cpus);
  if (!maps) return with_missing_capabilities(facts, maps.error());
  auto grace = GracePeriod::create();
  if (!grace) return with_missing_capabilities(facts, grace.error());
  return Kernel{.btf = *std::move(btf), .maps = *std::move(maps), .grace = *std::move(grace)};
}

// libbpf uses more of its stack than any request, and would leave that much resident in each server
// thread that ever came this way. If no thread can be created, this one does it.
template <typename Work>
auto on_its_own_thread(const Work& work) {
  std::future<std::invoke_result_t<Work>> done;
  try {
    done = std::async(std::launch::async, work);
  } catch (const std::system_error&) {
    return work();
  }
  return done.get();
}

class BpfSource : public Source {
 public:
  BpfSource(const BpfOptions& options, const HostFacts& facts)
      : options_(options),
        facts_(facts),
        kernel_(prepare(options, facts)),
        namer_(facts.paths, options.btf) {
    malloc_trim(0);
    if (kernel_)
      namer_.know_reasons(kernel_->btf.reasons);
    else
      snapshot_.unusable = kernel_.error().message;
  }

  ~BpfSource() override {
    if (attachment_) attachment_->object().set_gate(0);
  }

  std::string_view name() const override { return kBpf; }

  Result<void> activate() override {
    const std::lock_guard one_switch(switch_);
    if (!kernel_) return kernel_.error();
    if (attachment_) return {};

    ProbeStates states{};
    auto attachment = on_its_own_thread([&] {
      ask_kernel_for_names();
      return attach_probes(
          {.options = options_, .facts = facts_, .btf = kernel_->btf, .maps = kernel_->maps},
          states);
    });
    malloc_trim(0);  // the kernel's BTF, parsed for CO-RE

    const std::lock_guard lock(state_);
    snapshot_.probes = std::move(states);
    if (!attachment) {
      namer_.ask({});
      snapshot_.unusable = attachment.error().message;
      return attachment.error();
    }
    snapshot_.unusable.clear();
    snapshot_.active = true;
    attachment_ = *std::move(attachment);
    misses_at_open_ = attachment_->misses();
    attachment_->object().set_gate(++activations_);
    return {};
  }

  Result<void> deactivate() override {
    const std::lock_guard one_switch(switch_);
    if (!attachment_) return {};
    attachment_->object().set_gate(0);
    auto waited = kernel_->grace.wait();
    // While the kernel can still be asked; nothing of BPF is left in it afterwards.
    name_drops(kernel_->maps.drops.read(), namer_);

    std::optional<Attachment> closing;
    {
      const std::lock_guard lock(state_);
      add_misses(snapshot_);
      snapshot_.active = false;
      for (ProbeState& state : snapshot_.probes) state.attached = false;
      closing = std::exchange(attachment_, std::nullopt);
    }
    on_its_own_thread([&] {
      namer_.ask({});
      closing.reset();
    });
    return waited;
  }

  Result<Snapshot> read() override {
    Snapshot snapshot = read_numbers();
    // Outside the lock: names may have to be looked up.
    if (kernel_) snapshot.drops = name_drops(kernel_->maps.drops.read(), namer_);
    return snapshot;
  }

 private:
  // Another procfs is the user's word for where names are to come from.
  void ask_kernel_for_names() {
    if (facts_.paths.procfs != HostPaths{}.procfs) return;
    auto loaded = KernelNamer::load();
    if (!loaded) {
      spdlog::debug("functions are named by kallsyms: {}", loaded.error().message);
      return;
    }
    const auto kernel = std::make_shared<const KernelNamer>(*std::move(loaded));
    namer_.ask([kernel](std::uint64_t address) { return kernel->name(address); });
  }

  Snapshot read_numbers() {
    const std::lock_guard lock(state_);
    Snapshot snapshot = snapshot_;
    if (kernel_) kernel_->maps.counters.read_into(snapshot);
    if (attachment_) add_misses(snapshot);
    return snapshot;
  }

  // What the kernel skipped while the gate was open.
  void add_misses(Snapshot& snapshot) const {
    const MissCounts now = attachment_->misses();
    for (std::size_t i = 0; i < kMissCauseCount; i++)
      snapshot.missed[i] += now[i] - misses_at_open_[i];
  }

  const BpfOptions options_;
  const HostFacts facts_;
  Result<Kernel> kernel_;
  DropNamer namer_;

  std::mutex switch_;  // one activation or deactivation at a time
  std::mutex state_;   // guards what follows; taken inside switch_, never for long
  Snapshot snapshot_;  // counters and xmit_unmatched come fresh with each read
  std::optional<Attachment> attachment_;
  MissCounts misses_at_open_{};
  std::uint64_t activations_ = 0;
};

}  // namespace

std::unique_ptr<Source> make_bpf_source(const BpfOptions& options, const HostFacts& facts) {
  log_libbpf();
  return std::make_unique<BpfSource>(options, facts);
}

}  // namespace packetdrop
