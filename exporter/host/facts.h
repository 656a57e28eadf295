// SPDX-License-Identifier: Apache-2.0
// What this host allows, gathered once at start; preflight and cause.h derive findings from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "config/options.h"
#include "privileges/capability_set.h"

namespace packetdrop {

// An optional is empty if this process cannot find out.
struct HostFacts {
  bool btf = false;                         // the kernel ships its own BTF
  bool btf_given = false;                   // the user named a file that can be read
  std::optional<bool> kprobes;              // perf can make kprobes (CONFIG_KPROBE_EVENTS)
  std::optional<std::string> lockdown;      // none, integrity, confidentiality
  std::optional<bool> loads_modules;        // CONFIG_MODULES
  std::optional<bool> signatures_enforced;  // unsigned modules are refused (sig_enforce)
  std::optional<bool> modules_disabled;     // no module can be loaded until the next boot
  CapabilitySet capabilities = {};          // effective, of the thread that gathered
  bool has_cap_bpf = true;                  // the kernel knows CAP_BPF (5.8+)
  int bpf_errno = 0;                        // errno of creating a tiny BPF map; 0: it works
  std::optional<bool> kallsyms_addresses;   // PROCFS/kallsyms shows them; empty: no such file
  std::optional<bool> memory_by_cgroup;     // BPF memory is charged to the cgroup (5.11+), not to
  std::uint64_t memlock = 0;                // RLIMIT_MEMLOCK, bytes
  int perf_event_paranoid = 0;
  HostPaths paths = {};  // where the facts were read
};

// The facts that decide which capabilities are kept, and so are needed before the others. HostFacts
// has the same members.
struct PrivilegeFacts {
  int bpf_errno = 0;
  std::optional<bool> memory_by_cgroup;
  int perf_event_paranoid = 0;
};

// Creates one BPF map.
PrivilegeFacts gather_privilege_facts(const HostPaths& paths);

// `btf`: the file that the user named for a kernel without BTF; may be empty.
HostFacts gather_host_facts(const HostPaths& paths, const std::string& btf,
                            const PrivilegeFacts& known);
// Gathers the facts for privileges, too.
HostFacts gather_host_facts(const HostPaths& paths);

// An error that names the flag and the path if one of them is not a directory.
Result<void> check_host_paths(const HostPaths& paths);

// Highest possible CPU id + 1. Ids may have gaps, so this is not the number of CPUs.
Result<std::size_t> possible_cpus(const HostPaths& paths);

// "0-3,8" → 9. Nothing if the text is not a CPU list.
std::optional<std::size_t> highest_cpu_plus_one(std::string_view list);

}  // namespace packetdrop
