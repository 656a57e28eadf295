// SPDX-License-Identifier: Apache-2.0
// Turns host facts into findings: one row per check, with what to do if it fails.
#include "host/preflight.h"

#include <linux/capability.h>

#include <cerrno>
#include <system_error>

#include "base/text.h"

namespace packetdrop {
namespace {

Finding good(std::string detail) {
  return {.check = {}, .ok = true, .detail = std::move(detail), .remedy = {}};
}

Finding bad(std::string detail, std::string remedy) {
  return {.check = {}, .ok = false, .detail = std::move(detail), .remedy = std::move(remedy)};
}

Finding unknown(std::string detail) {
  return {.check = {}, .ok = std::nullopt, .detail = std::move(detail), .remedy = {}};
}

Finding btf(const HostFacts& facts) {
  if (facts.btf) return good("the kernel ships its own BTF");
  if (facts.btf_given) return good("the kernel ships no BTF; a file was given");
  return bad("no " + facts.paths.sysfs + "/kernel/btf/vmlinux",
             "give this kernel's BTF with --bpf.btf=FILE, or run a kernel with "
             "CONFIG_DEBUG_INFO_BTF=y");
}

Finding kprobes(const HostFacts& facts) {
  if (!facts.kprobes)
    return unknown("no " + facts.paths.sysfs + "/bus/event_source/devices to find kprobes in");
  if (*facts.kprobes) return good("perf can make kprobes");
  return bad("kprobes are not compiled in",
             "run a kernel with CONFIG_KPROBE_EVENTS=y; until then, hooks without a tracepoint or "
             "fentry are not attached");
}

Finding lockdown(const HostFacts& facts) {
  if (!facts.lockdown)
    return unknown(facts.paths.sysfs + "/kernel/security/lockdown cannot be read (securityfs)");
  if (*facts.lockdown == "none") return good("lockdown=none");
  if (*facts.lockdown == "integrity")
    return bad("lockdown=integrity",
               "nothing, if every hook is attached; if fentry is refused: boot with lockdown=none, "
               "or live with the tracepoints");
  return bad("lockdown=" + *facts.lockdown,
             "BPF cannot read kernel memory here: boot with lockdown=integrity or none");
}

// What blocks unsigned modules, or every module; empty if nothing does.
std::string unsigned_modules_refused_by(const HostFacts& facts) {
  if (facts.signatures_enforced == true) return "sig_enforce=Y";
  if (facts.lockdown && *facts.lockdown != "none") return "lockdown=" + *facts.lockdown;
  return {};
}

// Which fact is unknown, so that it is unknown whether modules load; empty if none.
std::string unknown_about_modules(const HostFacts& facts) {
  if (!facts.loads_modules) return "no " + facts.paths.procfs + "/modules";
  if (!facts.modules_disabled)
    return facts.paths.procfs + "/sys/kernel/modules_disabled cannot be read";
  if (!facts.signatures_enforced)
    return facts.paths.sysfs + "/module/module/parameters/sig_enforce cannot be read";
  if (!facts.lockdown) return lockdown(facts).detail;
  return {};
}

// Whether drop_packet.ko can be loaded as it is built.
Finding modules(const HostFacts& facts) {
  if (facts.loads_modules == false)
    return bad("this kernel cannot load modules",
               "count by BPF, or run a kernel with CONFIG_MODULES=y");
  if (facts.modules_disabled == true)
    return bad("kernel.modules_disabled=1", "drop_packet can be loaded after the next boot only");
  if (std::string cause = unsigned_modules_refused_by(facts); !cause.empty())
    return bad(std::move(cause),
               "drop_packet.ko has to be signed with a key that this kernel trusts, as DKMS does "
               "once mokutil has enrolled its key; unsigned, insmod is refused (EKEYREJECTED, "
               "EPERM)");
  if (std::string missing = unknown_about_modules(facts); !missing.empty())
    return unknown(std::move(missing));
  return good("modules load without a signature");
}

// What BPF needs besides CAP_SYSLOG. Kernels before 5.8 have neither CAP_BPF nor CAP_PERFMON.
std::string bpf_capability(const HostFacts& facts) {
  return facts.has_cap_bpf ? "CAP_BPF" : "CAP_SYS_ADMIN";
}

struct Capability {
  int number;
  std::string_view name;
};

void append_bpf_needs(std::vector<Capability>& needed, const HostFacts& facts) {
  if (!facts.has_cap_bpf) {
    needed.push_back({CAP_SYS_ADMIN, "CAP_SYS_ADMIN"});
  } else if (!facts.capabilities.has(CAP_SYS_ADMIN)) {  // which includes all three
    needed.insert(needed.end(),
                  {{CAP_BPF, "CAP_BPF"}, {CAP_PERFMON, "CAP_PERFMON"}, {CAP_SYSLOG, "CAP_SYSLOG"}});
  }
}

Finding capabilities(const HostFacts& facts, const WantedSources& wanted) {
  std::vector<Capability> needed;
  if (wanted.bpf) append_bpf_needs(needed, facts);
  if (wanted.switches_kmod) needed.push_back({CAP_NET_ADMIN, "CAP_NET_ADMIN"});
  std::string all;
  std::string missing;
  for (const Capability& capability : needed) {
    append_item(all, ", ", capability.name);
    if (!facts.capabilities.has(capability.number)) append_item(missing, ", ", capability.name);
  }
  if (!missing.empty())
    return bad("missing " + missing, "start as root, or give the process " + missing);
  if (wanted.bpf && facts.has_cap_bpf && facts.capabilities.has(CAP_SYS_ADMIN))
    return good("CAP_SYS_ADMIN stands for CAP_BPF, CAP_PERFMON and CAP_SYSLOG");
  return good(all.empty() ? "reading the module's file needs none" : std::move(all));
}

Finding bpf_syscall(const HostFacts& facts) {
  if (facts.bpf_errno == 0) return good("bpf() makes maps");
  return bad("bpf(): " + std::generic_category().message(facts.bpf_errno),
             facts.bpf_errno == ENOSYS
                 ? "run a kernel with CONFIG_BPF_SYSCALL=y, or a seccomp profile that allows bpf()"
                 : "give the process " + bpf_capability(facts) +
                       ", and look for a seccomp profile or LSM that denies bpf()");
}

Finding kallsyms(const HostFacts& facts) {
  const std::string path = facts.paths.procfs + "/kallsyms";
  if (!facts.kallsyms_addresses)
    return bad("no " + path,
               "run a kernel with CONFIG_KALLSYMS=y, and name with --path.procfs a "
               "procfs that shows more than processes (systemd: ProcSubset=all)");
  if (*facts.kallsyms_addresses) return good(path + " shows addresses");
  return bad(path + " hides addresses",
             "give the process CAP_SYSLOG, and set kernel.kptr_restrict below 2");
}

Finding memlock(const HostFacts& facts) {
  static constexpr std::uint64_t kEnough = 64 << 20;
  if (facts.memory_by_cgroup == true) return good("BPF memory is charged to the cgroup");
  if (facts.memlock >= kEnough || facts.capabilities.has(CAP_SYS_RESOURCE))
    return good("RLIMIT_MEMLOCK is large enough or can be raised");
  std::string limit = "RLIMIT_MEMLOCK is " + std::to_string(facts.memlock) + " bytes";
  if (!facts.memory_by_cgroup)
    return unknown(limit + "; bpf() does not say whether it counts here");
  return bad(std::move(limit),
             "this kernel charges BPF maps to it: raise it to 64 MiB (LimitMEMLOCK=infinity), or "
             "give the process CAP_SYS_RESOURCE");
}

enum class NeededBy { kBpf, kKmod, kBoth };

template <Finding (*find)(const HostFacts&)>
Finding of_facts(const HostFacts& facts, const WantedSources&) {
  return find(facts);
}

struct Check {
  std::string_view name;
  NeededBy needed_by;
  Finding (*find)(const HostFacts&, const WantedSources&);
};

constexpr Check kChecks[] = {
    {"btf", NeededBy::kBoth, of_facts<btf>},  // the names of reasons come from it
    {"kprobes", NeededBy::kBpf, of_facts<kprobes>},
    {"lockdown", NeededBy::kBpf, of_facts<lockdown>},
    {kModulesCheck, NeededBy::kKmod, of_facts<modules>},
    {"capabilities", NeededBy::kBoth, capabilities},
    {"bpf_syscall", NeededBy::kBpf, of_facts<bpf_syscall>},
    {"kallsyms", NeededBy::kBpf, of_facts<kallsyms>},  // the module resolves functions itself
    {"memlock", NeededBy::kBpf, of_facts<memlock>},
};

bool is_needed(const Check& check, const WantedSources& wanted) {
  switch (check.needed_by) {
    case NeededBy::kBpf:
      return wanted.bpf;
    case NeededBy::kKmod:
      return wanted.kmod;
    case NeededBy::kBoth:
      return true;
  }
  return true;
}

}  // namespace

std::vector<Finding> run_preflight(const HostFacts& facts, WantedSources wanted) {
  std::vector<Finding> findings;
  for (const Check& check : kChecks) {
    if (!is_needed(check, wanted)) continue;
    findings.push_back(check.find(facts, wanted));
    findings.back().check = check.name;
  }
  return findings;
}

Error with_missing_capabilities(const HostFacts& facts, Error error) {
  if (error.code != EPERM && error.code != EACCES) return error;
  const Finding found = capabilities(facts, {.bpf = true, .kmod = false});
  if (found.ok != false) return error;
  return {.code = error.code,
          .message =
              found.detail + ": start as root, or give the process these (" + error.message + ")"};
}

}  // namespace packetdrop
