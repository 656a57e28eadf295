// SPDX-License-Identifier: Apache-2.0
// Gathers what this host allows: from files of procfs and sysfs, and by creating one BPF map.
#include "host/facts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/file.h"
#include "base/unique_fd.h"
#include "host/kallsyms.h"
#include "host/lockdown.h"

namespace packetdrop {
namespace {

bool is_there(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// Whether `path` exists. Nothing if its absence proves nothing because `witness`, which every
// kernel has beside it, is absent too: another folder, or a procfs that shows only processes.
std::optional<bool> is_there_beside(const std::string& path, const std::string& witness) {
  if (is_there(path)) return true;
  if (is_there(witness)) return false;
  return std::nullopt;
}

// Whether the file begins with `first`. Nothing if it cannot be read.
std::optional<bool> begins_with(const std::string& path, char first) {
  const auto text = read_file(path);
  if (!text) return std::nullopt;
  return !text->empty() && text->front() == first;
}

// The parameter is absent from a kernel that cannot check signatures (CONFIG_MODULE_SIG).
std::optional<bool> signatures_enforced(const std::string& sysfs) {
  const std::string path = sysfs + "/module/module/parameters/sig_enforce";
  if (is_there_beside(path, sysfs + "/module") == false) return false;
  return begins_with(path, 'Y');
}

std::optional<bool> shows_addresses(const std::string& procfs) {
  if (!is_there(procfs + "/kallsyms")) return std::nullopt;
  return kallsyms_shows_addresses(procfs);
}

int try_bpf() {
  const UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "pd_preflight", 4, 8, 1, nullptr));
  return map ? 0 : errno;
}

// The helper and memory cgroup accounting both came with 5.11; libbpf uses the same test. libbpf
// reads any failure to load the program as a yes, so ask only if bpf() works.
std::optional<bool> memory_by_cgroup(int bpf_errno) {
  if (bpf_errno != 0) return std::nullopt;
  return libbpf_probe_bpf_helper(BPF_PROG_TYPE_SOCKET_FILTER, BPF_FUNC_ktime_get_coarse_ns,
                                 nullptr) == 1;
}

Result<void> check_directory(const std::string& flag, const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return system_error(flag + "=" + path, errno);
  if (!S_ISDIR(status.st_mode)) return system_error(flag + "=" + path, ENOTDIR);
  return {};
}

}  // namespace

PrivilegeFacts gather_privilege_facts(const HostPaths& paths) {
  PrivilegeFacts facts;
  facts.bpf_errno = try_bpf();
  facts.memory_by_cgroup = memory_by_cgroup(facts.bpf_errno);
  if (const auto text = read_file(paths.procfs + "/sys/kernel/perf_event_paranoid"))
    std::from_chars(text->data(), text->data() + text->size(), facts.perf_event_paranoid);
  return facts;
}

HostFacts gather_host_facts(const HostPaths& paths) {
  return gather_host_facts(paths, {}, gather_privilege_facts(paths));
}

HostFacts gather_host_facts(const HostPaths& paths, const std::string& btf,
                            const PrivilegeFacts& known) {
  const auto& [procfs, sysfs] = paths;
  HostFacts facts;
  facts.paths = paths;
  facts.btf = access((sysfs + "/kernel/btf/vmlinux").c_str(), R_OK) == 0;
  facts.btf_given = !btf.empty() && access(btf.c_str(), R_OK) == 0;
  facts.kprobes = is_there_beside(sysfs + "/bus/event_source/devices/kprobe/type",
                                  sysfs + "/bus/event_source/devices");
  facts.lockdown = read_lockdown(sysfs);
  facts.loads_modules = is_there_beside(procfs + "/modules", procfs + "/version");
  facts.signatures_enforced = signatures_enforced(sysfs);
  facts.modules_disabled = begins_with(procfs + "/sys/kernel/modules_disabled", '1');
  facts.capabilities = effective_capabilities();
  facts.has_cap_bpf = prctl(PR_CAPBSET_READ, CAP_BPF) >= 0;  // EINVAL: no such capability
  facts.bpf_errno = known.bpf_errno;
  facts.kallsyms_addresses = shows_addresses(procfs);
  facts.memory_by_cgroup = known.memory_by_cgroup;
  rlimit memlock{};
  if (getrlimit(RLIMIT_MEMLOCK, &memlock) == 0) facts.memlock = memlock.rlim_cur;
  facts.perf_event_paranoid = known.perf_event_paranoid;
  return facts;
}

Result<void> check_host_paths(const HostPaths& paths) {
  if (auto procfs = check_directory("--path.procfs", paths.procfs); !procfs) return procfs;
  return check_directory("--path.sysfs", paths.sysfs);
}

std::optional<std::size_t> highest_cpu_plus_one(std::string_view list) {
  static constexpr std::size_t kMost = 1'000'000;
  std::size_t highest = 0;
  const char* at = list.data();
  const char* const end = at + list.size();
  for (;;) {
    std::size_t cpu = 0;
    const auto [next, error] = std::from_chars(at, end, cpu);
    if (error != std::errc() || cpu > kMost) return std::nullopt;
    highest = std::max(highest, cpu + 1);
    if (next == end || *next == '\n') return highest;
    if (*next != ',' && *next != '-') return std::nullopt;
    at = next + 1;
  }
}

Result<std::size_t> possible_cpus(const HostPaths& paths) {
  const std::string path = paths.sysfs + "/devices/system/cpu/possible";
  const auto text = read_file(path);
  if (!text) return text.error();
  const auto cpus = highest_cpu_plus_one(*text);
  if (!cpus) return Error{.code = EINVAL, .message = path + ": not a list of CPUs: " + *text};
  return *cpus;
}

}  // namespace packetdrop
