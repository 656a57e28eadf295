// SPDX-License-Identifier: Apache-2.0
// Gathers what this host allows: files of procfs and sysfs, and one BPF map made and dropped.
#include "sources/host/facts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/file.h"
#include "base/unique_fd.h"
#include "sources/host/kallsyms.h"
#include "sources/host/lockdown.h"

namespace packetdrop {
namespace {

std::uint64_t effective_capabilities(const std::string& status) {
  static constexpr std::string_view kLabel = "CapEff:\t";
  const std::size_t at = status.find(kLabel);
  std::uint64_t capabilities = 0;
  if (at != std::string::npos)
    std::from_chars(status.data() + at + kLabel.size(), status.data() + status.size(), capabilities,
                    16);
  return capabilities;
}

bool begins_with(const std::string& path, char first) {
  const auto text = read_file(path);
  return text && !text->empty() && text->front() == first;
}

int try_bpf() {
  const UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "pd_preflight", 4, 8, 1, nullptr));
  return map ? 0 : errno;
}

}  // namespace

HostFacts gather_host_facts(const HostPaths& paths) {
  HostFacts facts;
  facts.btf = access((paths.sysfs + "/kernel/btf/vmlinux").c_str(), R_OK) == 0;
  facts.kprobes =
      access((paths.sysfs + "/bus/event_source/devices/kprobe/type").c_str(), F_OK) == 0;
  facts.lockdown = read_lockdown(paths.sysfs);
  facts.signatures_enforced =
      begins_with(paths.sysfs + "/module/module/parameters/sig_enforce", 'Y');
  facts.modules_disabled = begins_with(paths.procfs + "/sys/kernel/modules_disabled", '1');
  if (const auto status = read_file(paths.procfs + "/self/status"))
    facts.capabilities = effective_capabilities(*status);
  facts.bpf_errno = try_bpf();
  facts.kallsyms_addresses = kallsyms_shows_addresses(paths.procfs);
  // The helper came with 5.11, as did memory cgroup accounting; libbpf tells them by it, too.
  facts.memory_by_cgroup = libbpf_probe_bpf_helper(BPF_PROG_TYPE_SOCKET_FILTER,
                                                   BPF_FUNC_ktime_get_coarse_ns, nullptr) == 1;
  rlimit memlock{};
  if (getrlimit(RLIMIT_MEMLOCK, &memlock) == 0) facts.memlock = memlock.rlim_cur;
  if (const auto paranoid = read_file(paths.procfs + "/sys/kernel/perf_event_paranoid"))
    std::from_chars(paranoid->data(), paranoid->data() + paranoid->size(),
                    facts.perf_event_paranoid);
  return facts;
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
