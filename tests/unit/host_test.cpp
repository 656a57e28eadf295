// SPDX-License-Identifier: Apache-2.0
// Facts and findings of a host, from files that a test wrote and facts that it made up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>

#include <cerrno>
#include <thread>

#include "host/cause.h"
#include "host/facts.h"
#include "host/kallsyms.h"
#include "host/lockdown.h"
#include "host/preflight.h"
#include "support/root.h"

namespace packetdrop {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

HostFacts able_host() {
  return {.btf = true,
          .kprobes = true,
          .lockdown = "none",
          .loads_modules = true,
          .signatures_enforced = false,
          .modules_disabled = false,
          .capabilities = {CAP_BPF, CAP_PERFMON, CAP_SYSLOG},
          .bpf_errno = 0,
          .kallsyms_addresses = true,
          .memory_by_cgroup = true,
          .memlock = 0,
          .perf_event_paranoid = 2,
          .paths = {}};
}

constexpr WantedSources kAuto = {.bpf = true, .kmod = true, .switches_kmod = false};
constexpr WantedSources kBpfOnly = {.bpf = true, .kmod = false, .switches_kmod = false};
constexpr WantedSources kKmodOnly = {.bpf = false, .kmod = true, .switches_kmod = true};

Finding finding(const HostFacts& facts, std::string_view check, WantedSources wanted = kAuto) {
  for (Finding& found : run_preflight(facts, wanted))
    if (found.check == check) return found;
  ADD_FAILURE() << "no check " << check;
  return {};
}

TEST(Cpus, are_sized_by_the_highest_id) {
  EXPECT_EQ(highest_cpu_plus_one("0\n"), 1u);
  EXPECT_EQ(highest_cpu_plus_one("0-3\n"), 4u);
  EXPECT_EQ(highest_cpu_plus_one("0-3,8\n"), 9u);
  EXPECT_EQ(highest_cpu_plus_one("5,2"), 6u);
}

TEST(Cpus, list_that_is_none_is_refused) {
  for (const char* list : {"", "\n", "x", "0-", "0 3", "-1", "99999999999999999999"})
    EXPECT_EQ(highest_cpu_plus_one(list), std::nullopt) << list;
}

TEST(Kallsyms, bodies_with_the_same_arguments_are_the_function) {
  EXPECT_TRUE(is_body_of("tcp_v4_rcv", "tcp_v4_rcv"));
  EXPECT_TRUE(is_body_of("tcp_v4_rcv.constprop.0", "tcp_v4_rcv"));
  EXPECT_TRUE(is_body_of("tcp_v4_rcv.llvm.1234567890", "tcp_v4_rcv"));
}

TEST(Kallsyms, bodies_with_other_arguments_are_not) {
  for (const char* symbol : {"tcp_v4_rcv.isra.0", "tcp_v4_rcv.part.0", "tcp_v4_rcv.cold",
                             "tcp_v4_rcv.constprop.0.cold", "tcp_v4_rcv.constprop.0.isra.0",
                             "tcp_v4_rcv.constprop.", "tcp_v4_rcv2", "tcp_v4", "__tcp_v4_rcv"})
    EXPECT_FALSE(is_body_of(symbol, "tcp_v4_rcv")) << symbol;
}

TEST(Kallsyms, are_searched_for_text_symbols_of_the_kernel_itself) {
  const Root proc;
  proc.write("kallsyms",
             "ffffffff81e634f0 T eth_type_trans\n"
             "ffffffff81e64e60 t __netif_receive_skb_core.constprop.0\n"
             "ffffffff81e64f60 t __netif_receive_skb_core.constprop.1\n"
             "ffffffff81e64f70 t __netif_receive_skb_core.constprop.1.cold\n"
             "ffffffff82000000 d tcp_v4_rcv\n"
             "ffffffffc0000000 t tcp_v4_rcv\t[other]\n"
             "garbage\n");
  const std::string_view functions[] = {"eth_type_trans", "__netif_receive_skb_core", "tcp_v4_rcv"};
  const auto bodies = find_bodies(proc.path(), functions);
  ASSERT_TRUE(bodies) << bodies.error().message;
  EXPECT_EQ(bodies->size(), 2u);
  EXPECT_THAT(bodies->at("eth_type_trans"), ElementsAre("eth_type_trans"));
  EXPECT_THAT(
      bodies->at("__netif_receive_skb_core"),
      ElementsAre("__netif_receive_skb_core.constprop.0", "__netif_receive_skb_core.constprop.1"));
}

TEST(Kallsyms, hidden_addresses_are_seen_to_be_hidden) {
  const Root proc;
  proc.write("kallsyms", "0000000000000000 A fixed_percpu_data\n0000000000000000 T _text\n");
  EXPECT_FALSE(kallsyms_shows_addresses(proc.path()));
  proc.write("kallsyms", "0000000000000000 A fixed_percpu_data\nffffffff81000000 T _text\n");
  EXPECT_TRUE(kallsyms_shows_addresses(proc.path()));
  EXPECT_FALSE(kallsyms_shows_addresses(proc.path() + "/nowhere"));
}

TEST(Lockdown, level_is_the_one_in_brackets) {
  EXPECT_EQ(selected_level("[none] integrity confidentiality\n"), "none");
  EXPECT_EQ(selected_level("none [integrity] confidentiality\n"), "integrity");
  EXPECT_EQ(selected_level("none"), std::nullopt);
  EXPECT_EQ(selected_level(""), std::nullopt);
}

TEST(Lockdown, is_read_from_securityfs) {
  const Root sys;
  sys.write("kernel/security/lockdown", "none integrity [confidentiality]\n");
  EXPECT_EQ(read_lockdown(sys.path()), "confidentiality");
}

TEST(Facts, come_from_the_folders_they_are_told) {
  const Root proc;
  const Root sys;
  proc.write("sys/kernel/perf_event_paranoid", "3\n");
  proc.write("sys/kernel/modules_disabled", "1\n");
  sys.write("module/module/parameters/sig_enforce", "Y\n");
  sys.write("kernel/btf/vmlinux", "x");
  sys.write("bus/event_source/devices/kprobe/type", "8\n");
  sys.write("devices/system/cpu/possible", "0-127\n");
  proc.write("modules", "");
  proc.write("kallsyms", "ffffffff81000000 T _text\n");
  const HostPaths paths{.procfs = proc.path(), .sysfs = sys.path()};
  const HostFacts facts = gather_host_facts(paths);
  EXPECT_TRUE(facts.btf);
  EXPECT_EQ(facts.kprobes, true);
  EXPECT_EQ(facts.loads_modules, true);
  EXPECT_EQ(facts.modules_disabled, true);
  EXPECT_EQ(facts.signatures_enforced, true);
  EXPECT_EQ(facts.kallsyms_addresses, true);
  EXPECT_EQ(facts.perf_event_paranoid, 3);
  EXPECT_EQ(*possible_cpus(paths), 128u);
}

TEST(Facts, name_the_capabilities_of_the_thread_that_gathers) {
  EXPECT_EQ(gather_host_facts({}).capabilities, effective_capabilities());
  CapabilitySet found = {CAP_BPF};
  std::jthread([&] {
    ASSERT_TRUE(keep_only({}));
    found = gather_host_facts({}).capabilities;
  }).join();
  EXPECT_EQ(found, CapabilitySet{});
}

TEST(Facts, absent_files_of_a_whole_procfs_and_sysfs_mean_no) {
  const Root proc;
  const Root sys;
  proc.write("version", "Linux version 6.1\n");
  sys.write("bus/event_source/devices/software/type", "1\n");
  sys.write("module/tcp_cubic/parameters/beta", "717\n");
  const HostFacts facts = gather_host_facts({.procfs = proc.path(), .sysfs = sys.path()});
  EXPECT_EQ(facts.kprobes, false);
  EXPECT_EQ(facts.loads_modules, false);
  EXPECT_EQ(facts.signatures_enforced, false);
}

TEST(Facts, empty_folders_tell_nothing) {
  const Root proc;
  const Root sys;
  const HostFacts facts = gather_host_facts({.procfs = proc.path(), .sysfs = sys.path()});
  EXPECT_EQ(facts.kprobes, std::nullopt);
  EXPECT_EQ(facts.loads_modules, std::nullopt);
  EXPECT_EQ(facts.modules_disabled, std::nullopt);
  EXPECT_EQ(facts.signatures_enforced, std::nullopt);
  EXPECT_EQ(facts.kallsyms_addresses, std::nullopt);
}

TEST(Facts, a_path_that_is_not_a_directory_is_named_with_its_flag) {
  const Root root;
  root.write("file", "");
  EXPECT_TRUE(check_host_paths({.procfs = root.path(), .sysfs = root.path()}));
  const auto procfs = check_host_paths({.procfs = root.path() + "/no", .sysfs = root.path()});
  ASSERT_FALSE(procfs);
  EXPECT_EQ(procfs.error().message,
            "--path.procfs=" + root.path() + "/no: No such file or directory");
  const auto sysfs = check_host_paths({.procfs = root.path(), .sysfs = root.path() + "/file"});
  ASSERT_FALSE(sysfs);
  EXPECT_EQ(sysfs.error().message, "--path.sysfs=" + root.path() + "/file: Not a directory");
}

TEST(Preflight, has_every_check_once_and_all_good_on_an_able_host) {
  std::vector<std::string_view> checks;
  for (const Finding& found : run_preflight(able_host(), kAuto)) {
    checks.push_back(found.check);
    EXPECT_EQ(found.ok, true) << found.check;
    EXPECT_EQ(found.remedy, "") << found.check;
  }
  EXPECT_THAT(checks, ElementsAre("btf", "kprobes", "lockdown", "modules", "capabilities",
                                  "bpf_syscall", "kallsyms", "memlock"));
}

TEST(Preflight, tells_what_to_do_about_each_thing_that_is_missing) {
  HostFacts facts = able_host();
  facts.btf = false;
  facts.kprobes = facts.kallsyms_addresses = facts.memory_by_cgroup = false;
  facts.lockdown = "confidentiality";
  facts.capabilities = {CAP_PERFMON};
  facts.bpf_errno = EPERM;
  for (const Finding& found : run_preflight(facts, kAuto)) {
    EXPECT_EQ(found.ok, false) << found.check;
    EXPECT_NE(found.remedy, "") << found.check;
  }
  EXPECT_THAT(finding(facts, "capabilities").detail, HasSubstr("CAP_BPF, CAP_SYSLOG"));
  EXPECT_THAT(finding(facts, "btf").remedy, HasSubstr("--bpf.btf"));
}

std::vector<std::string_view> checks_of(WantedSources wanted) {
  std::vector<std::string_view> checks;
  for (const Finding& found : run_preflight(able_host(), wanted)) checks.push_back(found.check);
  return checks;
}

TEST(Preflight, has_no_check_that_the_chosen_source_does_not_need) {
  EXPECT_THAT(checks_of(kKmodOnly), ElementsAre("btf", "modules", "capabilities"));
  EXPECT_THAT(checks_of(kBpfOnly), ElementsAre("btf", "kprobes", "lockdown", "capabilities",
                                               "bpf_syscall", "kallsyms", "memlock"));
}

TEST(Preflight, asks_for_the_capabilities_of_the_chosen_source_only) {
  HostFacts facts = able_host();
  facts.capabilities = {CAP_NET_ADMIN};
  EXPECT_EQ(finding(facts, "capabilities", kKmodOnly).ok, true);
  EXPECT_EQ(finding(facts, "capabilities", kAuto).detail,
            "missing CAP_BPF, CAP_PERFMON, CAP_SYSLOG");
  facts = able_host();
  EXPECT_EQ(finding(facts, "capabilities", kAuto).ok, true);
  EXPECT_EQ(finding(facts, "capabilities", kKmodOnly).detail, "missing CAP_NET_ADMIN");
  const WantedSources all = {.bpf = true, .kmod = true, .switches_kmod = true};
  EXPECT_EQ(finding(facts, "capabilities", all).detail, "missing CAP_NET_ADMIN");
  const WantedSources watched = {.bpf = false, .kmod = true, .switches_kmod = false};
  facts.capabilities = {};
  EXPECT_EQ(finding(facts, "capabilities", watched).ok, true);
}

TEST(Preflight, names_the_capability_that_this_kernel_has) {
  HostFacts facts = able_host();
  facts.capabilities = {};
  EXPECT_EQ(finding(facts, "capabilities").remedy,
            "start as root, or give the process CAP_BPF, CAP_PERFMON, CAP_SYSLOG");
  facts.has_cap_bpf = false;
  EXPECT_EQ(finding(facts, "capabilities").remedy,
            "start as root, or give the process CAP_SYS_ADMIN");
  facts.bpf_errno = EPERM;
  EXPECT_THAT(finding(facts, "bpf_syscall").remedy, HasSubstr("the process CAP_SYS_ADMIN"));
}

TEST(Preflight, a_refusal_says_first_which_capabilities_are_missing) {
  const Error refused{EPERM, "the map x cannot be made: Operation not permitted"};
  HostFacts facts = able_host();
  EXPECT_EQ(with_missing_capabilities(facts, refused).message, refused.message);
  facts.capabilities = {CAP_SYSLOG};
  const Error told = with_missing_capabilities(facts, refused);
  EXPECT_EQ(told.code, EPERM);
  EXPECT_EQ(told.message,
            "missing CAP_BPF, CAP_PERFMON: start as root, or give the process these (the map x "
            "cannot be made: Operation not permitted)");
  const Error other{ENOMEM, "the map x cannot be made: Cannot allocate memory"};
  EXPECT_EQ(with_missing_capabilities(facts, other).message, other.message);
}

TEST(Preflight, tells_what_keeps_an_unsigned_module_out) {
  HostFacts facts = able_host();
  facts.signatures_enforced = true;
  EXPECT_EQ(finding(facts, "modules").detail, "sig_enforce=Y");
  EXPECT_THAT(finding(facts, "modules").remedy, HasSubstr("signed"));
  facts = able_host();
  facts.lockdown = "integrity";
  EXPECT_EQ(finding(facts, "modules").detail, "lockdown=integrity");
  facts.modules_disabled = true;
  EXPECT_EQ(finding(facts, "modules").detail, "kernel.modules_disabled=1");
}

TEST(Preflight, says_what_to_do_under_lockdown_and_that_it_may_be_nothing) {
  HostFacts facts = able_host();
  facts.lockdown = "integrity";
  EXPECT_EQ(finding(facts, "lockdown").remedy,
            "nothing, if every hook is attached; if fentry is refused: boot with lockdown=none, or "
            "live with the tracepoints");
}

TEST(Preflight, says_that_a_kernel_cannot_load_modules) {
  HostFacts facts = able_host();
  facts.loads_modules = false;
  EXPECT_EQ(finding(facts, "modules").ok, false);
  EXPECT_THAT(finding(facts, "modules").remedy, HasSubstr("CONFIG_MODULES"));
}

TEST(Preflight, each_fact_that_is_not_known_leaves_its_checks_open_and_names_the_file) {
  const struct {
    void (*forget)(HostFacts&);
    std::string check, file;
  } cases[] = {
      {[](HostFacts& f) { f.kprobes.reset(); }, "kprobes", "/host/sys/bus/event_source/devices"},
      {[](HostFacts& f) { f.lockdown.reset(); }, "lockdown", "/host/sys/kernel/security/lockdown"},
      {[](HostFacts& f) { f.lockdown.reset(); }, "modules", "/host/sys/kernel/security/lockdown"},
      {[](HostFacts& f) { f.loads_modules.reset(); }, "modules", "/host/proc/modules"},
      {[](HostFacts& f) { f.signatures_enforced.reset(); }, "modules", "sig_enforce"},
      {[](HostFacts& f) { f.modules_disabled.reset(); }, "modules", "modules_disabled"},
      {[](HostFacts& f) { f.memory_by_cgroup.reset(); }, "memlock", "RLIMIT_MEMLOCK is 0"},
  };
  for (const auto& one : cases) {
    HostFacts facts = able_host();
    facts.paths = {.procfs = "/host/proc", .sysfs = "/host/sys"};
    one.forget(facts);
    const Finding found = finding(facts, one.check);
    EXPECT_EQ(found.ok, std::nullopt) << one.check << " without " << one.file;
    EXPECT_THAT(found.detail, HasSubstr(one.file));
    EXPECT_EQ(found.remedy, "");
  }
}

TEST(Preflight, what_keeps_modules_out_is_said_although_something_else_is_not_known) {
  HostFacts facts = able_host();
  facts.signatures_enforced = true;
  facts.lockdown.reset();
  EXPECT_EQ(finding(facts, "modules").ok, false);
  facts = able_host();
  facts.lockdown = "integrity";
  facts.signatures_enforced.reset();
  EXPECT_EQ(finding(facts, "modules").ok, false);
}

TEST(Preflight, names_the_files_where_they_were_looked_for) {
  HostFacts facts = able_host();
  facts.paths = {.procfs = "/host/proc", .sysfs = "/host/sys"};
  facts.btf = false;
  facts.kallsyms_addresses.reset();
  EXPECT_EQ(finding(facts, "btf").detail, "no /host/sys/kernel/btf/vmlinux");
  EXPECT_EQ(finding(facts, "kallsyms").detail, "no /host/proc/kallsyms");
  EXPECT_EQ(finding(facts, "kallsyms").ok, false);
}

TEST(Cause, names_what_is_missing_first) {
  HostFacts facts = able_host();
  facts.capabilities = {};
  EXPECT_EQ(likely_cause(facts, "fentry", EPERM), "CAP_BPF missing");
  facts.capabilities = {CAP_BPF};
  EXPECT_EQ(likely_cause(facts, "fentry", EPERM), "CAP_PERFMON missing");
  facts = able_host();
  facts.lockdown = "integrity";
  EXPECT_EQ(likely_cause(facts, "fentry", EPERM), "lockdown=integrity");
  facts.perf_event_paranoid = 3;
  EXPECT_THAT(likely_cause(facts, "kprobe", EACCES), HasSubstr("perf_event_paranoid is 3"));
  facts.kprobes = false;
  EXPECT_THAT(likely_cause(facts, "kprobe", ENOENT), HasSubstr("not compiled in"));
  facts.btf = false;
  EXPECT_THAT(likely_cause(facts, "tp_btf", ENOENT), HasSubstr("no BTF"));
}

TEST(Cause, is_not_guessed_where_libbpf_says_it) {
  HostFacts facts = able_host();
  facts.lockdown = {};
  const std::string cause =
      likely_cause(facts, "tp_btf", EPERM, "failed to iterate BTF objects: -1");
  EXPECT_THAT(cause, HasSubstr("lacks a type"));
  EXPECT_THAT(cause, HasSubstr("libbpf: failed to iterate BTF objects: -1"));
  EXPECT_THAT(cause, Not(HasSubstr("lockdown")));
  EXPECT_THAT(
      likely_cause(facts, "tp_btf", EPERM, "prog 'x': BPF program load failed"),
      AllOf(HasSubstr("lockdown"), HasSubstr("(libbpf: prog 'x': BPF program load failed)")));
  facts.capabilities = {CAP_PERFMON, CAP_SYSLOG};
  EXPECT_THAT(likely_cause(facts, "tp_btf", EPERM, "failed to iterate BTF objects: -1"),
              HasSubstr("CAP_BPF missing"));
}

TEST(Cause, has_words_for_every_error) {
  for (int code = 1; code < 134; code++)
    for (const char* mechanism : {"fentry", "kprobe", "tp_btf", "raw_tp"})
      EXPECT_NE(likely_cause(able_host(), mechanism, code), "");
}

}  // namespace
}  // namespace packetdrop
