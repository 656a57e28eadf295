// SPDX-License-Identifier: Apache-2.0
// What this host allows, gathered once at start; preflight findings and causes are told from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace packetdrop {

struct HostPaths {
  std::string procfs = "/proc";
  std::string sysfs = "/sys";
};

struct HostFacts {
  bool btf = false;                     // the kernel ships its own BTF
  bool btf_given = false;               // the user named a file with it
  bool kprobes = false;                 // perf can make kprobes (CONFIG_KPROBE_EVENTS)
  std::optional<std::string> lockdown;  // none, integrity, confidentiality; nothing: cannot be told
  bool signatures_enforced = false;     // unsigned modules are refused (sig_enforce)
  bool modules_disabled = false;        // no module is loaded any more until the next boot
  std::uint64_t capabilities = 0;       // CapEff of this process
  int bpf_errno = 0;                    // of creating a tiny BPF map; 0: it works
  bool kallsyms_addresses = false;      // /proc/kallsyms shows them to this process
  bool memory_by_cgroup = false;        // BPF memory is charged to the cgroup (5.11+), not to
  std::uint64_t memlock = 0;            // RLIMIT_MEMLOCK, bytes
  int perf_event_paranoid = 0;

  bool has_capability(int capability) const { return capabilities >> capability & 1; }
};

HostFacts gather_host_facts(const HostPaths& paths);

// Highest possible CPU id + 1: ids may have gaps, so this is not their number.
Result<std::size_t> possible_cpus(const HostPaths& paths);

// "0-3,8" → 9. Nothing where the text is no CPU list.
std::optional<std::size_t> highest_cpu_plus_one(std::string_view list);

}  // namespace packetdrop
