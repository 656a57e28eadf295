// SPDX-License-Identifier: Apache-2.0
// What is particular to BPF: every program loads, refusals are named, nothing stays behind.
#include "sources/bpf/bpf_source.h"

#include <bpf/libbpf.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <initializer_list>
#include <optional>
#include <set>
#include <thread>

#include "base/file.h"
#include "host/kallsyms.h"
#include "host/names/function_names.h"
#include "lab/exporter.h"
#include "lab/sender.h"
#include "sources/bpf/candidate.h"
#include "sources/bpf/kernel_btf.h"
#include "sources/bpf/kernel_namer.h"
#include "sources/bpf/maps.h"
#include "sources/bpf/object.h"

namespace packetdrop {
namespace {

// By this thread alone.
void leave_capabilities(std::initializer_list<int> capabilities) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct data[2] = {};
  for (const int capability : capabilities) {
    data[capability / 32].effective |= 1U << capability % 32;
    data[capability / 32].permitted |= 1U << capability % 32;
  }
  ASSERT_EQ(syscall(SYS_capset, &header, data), 0);
}

std::uint64_t address_of(std::string_view function) {
  std::uint64_t address = 0;
  EXPECT_TRUE(for_each_symbol("/proc", [&](const KernelSymbol& symbol) {
    if (symbol.name == function && symbol.is_text()) address = symbol.address;
  }));
  return address;
}

// By system calls, by this process so far.
std::uint64_t bytes_read() {
  const auto io = read_file("/proc/self/io");
  EXPECT_TRUE(io && io->starts_with("rchar: "));
  return io ? std::strtoull(io->c_str() + 7, nullptr, 10) : 0;
}

// The drop of datagrams over IPv6, by name; newer kernels have the one function inside of the
// other.
std::vector<Drop>::const_iterator find_without_socket(const Snapshot& snapshot) {
  return std::ranges::find_if(snapshot.drops, [](const Drop& drop) {
    return drop.function == "__udp6_lib_rcv" || drop.function == "udpv6_rcv";
  });
}

Snapshot activated(const BpfOptions& options, HostFacts facts) {
  const auto source = make_bpf_source(options, facts);
  const auto result = source->activate();
  Snapshot snapshot = *source->read();
  EXPECT_EQ(static_cast<bool>(result), snapshot.active);
  return snapshot;
}

bool loads(Flavour flavour, const Candidate& candidate, const Maps& maps,
           const KernelBtf& btf = {}) {
  const Candidate* wanted[] = {&candidate};
  return static_cast<bool>(Object::load(
      {.flavour = flavour,
       .btf = {},
       .kernel = {.atomic = flavour == Flavour::kProbeRead, .reasons = btf.drops_tell_reasons}},
      wanted, maps));
}

TEST(BpfObject, programs_on_tracepoints_load_in_every_flavour_that_the_kernel_has) {
  const auto btf = load_kernel_btf(true, {});
  ASSERT_TRUE(btf) << btf.error().message;
  const auto maps = Maps::create(2);
  ASSERT_TRUE(maps) << maps.error().message;
  for (const ProbeInfo& hook : hooks()) {
    for (const Mechanism mechanism : {Mechanism::kTpBtf, Mechanism::kRawTp}) {
      for (const Candidate& candidate : candidates(hook, BpfAttach::kTracepoint, mechanism)) {
        SCOPED_TRACE(candidate.steps.back().program);
        EXPECT_TRUE(loads(Flavour::kProbeRead, candidate, *maps));
        if (btf->has_rdonly_cast) {
          EXPECT_TRUE(loads(Flavour::kRdonlyCast, candidate, *maps));
        }
      }
    }
  }
}

// Loading asks the verifier alone; it does not matter here that this kernel may have no kprobes.
TEST(BpfObject, programs_on_kprobes_load_in_every_flavour_that_the_kernel_has) {
  const auto btf = load_kernel_btf(true, {});
  ASSERT_TRUE(btf) << btf.error().message;
  const auto maps = Maps::create(2);
  ASSERT_TRUE(maps) << maps.error().message;
  for (const ProbeInfo& hook : hooks()) {
    if (hook.kind != PD_KIND_FUNCTION) continue;
    for (const Candidate& candidate : candidates(hook, BpfAttach::kKprobe, Mechanism::kTpBtf)) {
      SCOPED_TRACE(candidate.steps.back().program);
      EXPECT_TRUE(loads(Flavour::kProbeRead, candidate, *maps));
      if (btf->has_rdonly_cast) {
        EXPECT_TRUE(loads(Flavour::kRdonlyCast, candidate, *maps));
      }
    }
  }
}

// With what this kernel tells of a drop, and as on a kernel that tells no reasons.
TEST(BpfObject, programs_on_drops_load_in_every_flavour_that_the_kernel_has) {
  const auto btf = load_kernel_btf(true, {});
  ASSERT_TRUE(btf) << btf.error().message;
  const auto maps = Maps::create(2);
  ASSERT_TRUE(maps) << maps.error().message;
  for (const Mechanism mechanism : {Mechanism::kTpBtf, Mechanism::kRawTp}) {
    const Candidate candidate =
        candidates(probes()[PD_PROBE_KFREE_SKB], BpfAttach::kAuto, mechanism).at(0);
    SCOPED_TRACE(candidate.steps.back().program);
    for (const KernelBtf& told : {KernelBtf{}, *btf}) {
      EXPECT_TRUE(loads(Flavour::kProbeRead, candidate, *maps, told));
      if (btf->has_rdonly_cast) {
        EXPECT_TRUE(loads(Flavour::kRdonlyCast, candidate, *maps, told));
      }
    }
  }
}

TEST(BpfSource, leaves_no_program_behind) {
  const int before = lab::bpf_program_count();
  {
    const auto source = make_bpf_source({}, gather_host_facts({}));
    ASSERT_TRUE(source->activate());
    EXPECT_GT(lab::bpf_program_count(), before);
  }
  // The kernel frees programs a grace period later.
  for (int i = 0; i < 200 && lab::bpf_program_count() > before; i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(lab::bpf_program_count(), before);
}

TEST(BpfSource, forced_tracepoints_take_stand_ins_alone) {
  const Snapshot snapshot = activated({.attach = BpfAttach::kTracepoint}, gather_host_facts({}));
  for (const ProbeInfo& hook : hooks()) {
    const ProbeState& state = snapshot.probes[hook.id];
    SCOPED_TRACE(std::string(hook.label));
    const bool has_tracepoint =
        hook.kind != PD_KIND_FUNCTION || hook.fallback_exact != PD_FALLBACK_NONE;
    EXPECT_EQ(state.attached, has_tracepoint);
    if (state.attached) {
      EXPECT_EQ(state.mechanism, "tp_btf");
      EXPECT_EQ(state.exact, hook.fallback_exact != PD_FALLBACK_INEXACT);
    } else {
      EXPECT_EQ(state.refusals.at(0).cause, "no tracepoint can stand in for this function");
    }
  }
}

TEST(BpfSource, one_refused_hook_costs_that_hook_alone) {
  const Snapshot snapshot = activated({.attach = BpfAttach::kFentry}, gather_host_facts({}));
  EXPECT_TRUE(snapshot.active);
  EXPECT_TRUE(snapshot.probes[PD_PROBE_NET_DEV_XMIT].attached);
  for (const ProbeInfo& hook : hooks()) {
    const ProbeState& state = snapshot.probes[hook.id];
    if (!state.attached) {
      EXPECT_EQ(state.refusals.at(0).mechanism, "fentry");
    }
  }
}

TEST(BpfSource, kernel_without_kprobes_is_told_so) {
  HostFacts facts = gather_host_facts({});
  facts.kprobes = false;
  const Snapshot snapshot = activated({.attach = BpfAttach::kKprobe}, facts);
  EXPECT_EQ(snapshot.probes[PD_PROBE_TCP_V4_RCV].refusals.at(0).cause,
            "kprobes are not compiled in (CONFIG_KPROBE_EVENTS)");
}

TEST(BpfSource, kernel_without_btf_is_unusable_and_says_what_to_give) {
  HostFacts facts = gather_host_facts({});
  facts.btf = false;
  const Snapshot snapshot = activated({}, facts);
  EXPECT_FALSE(snapshot.active);
  EXPECT_NE(snapshot.unusable.find("--bpf.btf=FILE"), std::string::npos) << snapshot.unusable;
}

TEST(BpfSource, given_btf_file_makes_raw_tracepoints_count) {
  HostFacts facts = gather_host_facts({});
  facts.btf = false;
  const auto source = make_bpf_source({.btf = "/sys/kernel/btf/vmlinux"}, facts);
  const auto result = source->activate();
  ASSERT_TRUE(result) << result.error().message;
  const ProbeState state = source->read()->probes[PD_PROBE_NETIF_RECEIVE_SKB_CORE];
  EXPECT_EQ(state.mechanism, "raw_tp");

  auto ns = lab::NetNs::create();
  ASSERT_TRUE(ns);
  ASSERT_TRUE(ns->ip("link set lo up"));
  const auto sink = lab::open_sink(*ns);
  ASSERT_TRUE(sink) << sink.error().message;
  ASSERT_TRUE(lab::send_datagrams(*ns, "::1", 100, 100));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(source->read()->counters[PD_HOOK_NETIF_RECEIVE_SKB_CORE][PD_KEY_IPV6_UDP].packets,
            100u);
}

TEST(BpfSource, file_that_is_not_btf_is_named) {
  HostFacts facts = gather_host_facts({});
  facts.btf = false;
  EXPECT_NE(activated({.btf = "/proc/version"}, facts).unusable.find("/proc/version"),
            std::string::npos);
  EXPECT_NE(activated({.btf = "/nonexistent"}, facts).unusable.find("/nonexistent"),
            std::string::npos);
}

// Of every 500th function of this kernel, what kallsyms says.
TEST(KernelNamer, names_functions_as_kallsyms_does) {
  const bool possible =
      libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_FUNC_snprintf, nullptr) == 1;
  const auto namer = KernelNamer::load();
  ASSERT_EQ(static_cast<bool>(namer), possible);
  if (!possible) return;  // as it has to be before 5.13

  std::set<std::uint64_t> some;
  std::size_t seen = 0;
  ASSERT_TRUE(for_each_symbol("/proc", [&](const KernelSymbol& symbol) {
    if (symbol.is_text() && symbol.module != "bpf" && seen++ % 500 == 0)
      some.insert(symbol.address + 1);
  }));
  const std::vector<std::uint64_t> addresses(some.begin(), some.end());
  const auto functions = find_functions("/proc", addresses);
  ASSERT_TRUE(functions) << functions.error().message;
  std::size_t named = 0;
  for (std::size_t i = 0; i < addresses.size(); i++) {
    // What lies outside the kernel's text (its start-up code, its modules' padding) may have a name
    // for the kernel alone.
    if ((*functions)[i].name.empty()) continue;
    named++;
    EXPECT_EQ(namer->name(addresses[i]), (*functions)[i]) << std::hex << addresses[i];
  }
  EXPECT_GT(named, 20u);
  EXPECT_EQ(namer->name(0x10), FunctionName());
}

TEST(KernelNamer, names_functions_whose_addresses_are_hidden) {
  const auto namer = KernelNamer::load();
  if (!namer) return;  // see above
  const auto address = address_of("tcp_v4_rcv");
  ASSERT_NE(address, 0u);
  std::optional<FunctionName> name;
  bool hidden = false;
  std::thread([&] {
    leave_capabilities({CAP_BPF, CAP_PERFMON});
    hidden = !kallsyms_shows_addresses("/proc");
    name = namer->name(address + 1);
  }).join();
  // Profilers may see addresses all the same where kernel.perf_event_paranoid is below 2.
  if (gather_host_facts({}).perf_event_paranoid >= 2) {
    EXPECT_TRUE(hidden);
  }
  EXPECT_EQ(name, (FunctionName{.name = "tcp_v4_rcv", .module = ""}));
}

void drop_ten() {
  auto ns = lab::NetNs::create();
  ASSERT_TRUE(ns);
  ASSERT_TRUE(ns->ip("link set lo up"));
  ASSERT_TRUE(lab::drop_datagrams(*ns, "::1", 10));
}

// No scrape is held up by it: neither kallsyms nor the kernel's BTF, megabytes each, are read for a
// drop of which nothing is known yet.
TEST(BpfSource, drop_that_is_new_is_named_without_reading_megabytes) {
  const bool asks_kernel = static_cast<bool>(KernelNamer::load());
  const auto source = make_bpf_source({}, gather_host_facts({}));
  ASSERT_TRUE(source->activate());
  ASSERT_NO_FATAL_FAILURE(drop_ten());
  const std::uint64_t before = bytes_read();
  const Snapshot snapshot = *source->read();
  const std::uint64_t read = bytes_read() - before;
  const auto drop = find_without_socket(snapshot);
  ASSERT_NE(drop, snapshot.drops.end());
  EXPECT_EQ(drop->count, 10u);
  if (asks_kernel) {
    EXPECT_LT(read, 64u << 10);
  }
}

TEST(BpfSource, drops_are_named_when_it_is_deactivated_too) {
  const auto source = make_bpf_source({}, gather_host_facts({}));
  ASSERT_TRUE(source->activate());
  ASSERT_NO_FATAL_FAILURE(drop_ten());
  ASSERT_TRUE(source->deactivate());
  const std::uint64_t before = bytes_read();
  const Snapshot snapshot = *source->read();
  EXPECT_LT(bytes_read() - before, 64u << 10);
  EXPECT_NE(find_without_socket(snapshot), snapshot.drops.end());
}

}  // namespace
}  // namespace packetdrop
