// SPDX-License-Identifier: Apache-2.0
// The table of capabilities: when each is needed.
#include "privileges/needs.h"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace packetdrop {
namespace {

// CAP_SYS_ADMIN includes CAP_BPF and CAP_PERFMON; before Linux 5.8 it was the only one.
bool admin_replaces_them(const PrivilegeNeeds& needs) {
  return !needs.given.has(CAP_BPF) || !needs.given.has(CAP_PERFMON);
}

struct Need {
  int capability;
  bool (*to_start)(const PrivilegeNeeds&);
  bool (*to_answer)(
      const PrivilegeNeeds&);  // after the start, if nothing is attached or detached later
};

bool never(const PrivilegeNeeds&) { return false; }
bool low_port(const PrivilegeNeeds& needs) { return needs.low_port; }
bool reads_by_bpf(const PrivilegeNeeds& needs) { return needs.bpf && needs.reading_is_bpf; }

constexpr Need kNeeds[] = {
    {CAP_BPF, [](const PrivilegeNeeds& d) { return d.bpf; }, reads_by_bpf},
    {CAP_PERFMON, [](const PrivilegeNeeds& d) { return d.bpf; }, never},
    // For kallsyms: a function's name is resolved at its first drop.
    {CAP_SYSLOG, [](const PrivilegeNeeds&) { return true; },
     [](const PrivilegeNeeds&) { return true; }},
    {CAP_NET_ADMIN, [](const PrivilegeNeeds& d) { return d.kmod; }, never},
    {CAP_NET_BIND_SERVICE, low_port, low_port},
    {CAP_SYS_RESOURCE, [](const PrivilegeNeeds& d) { return d.bpf && d.memlock; }, never},
    // perf_event_paranoid above 2: Debian's and Ubuntu's kernels require it instead of CAP_PERFMON.
    {CAP_SYS_ADMIN,
     [](const PrivilegeNeeds& d) {
       return d.bpf && (admin_replaces_them(d) || d.perf_event_paranoid > 2);
     },
     [](const PrivilegeNeeds& d) { return reads_by_bpf(d) && admin_replaces_them(d); }},
};

}  // namespace

CapabilitySet needed_to_start(const PrivilegeNeeds& needs) {
  CapabilitySet needed;
  for (const Need& need : kNeeds)
    if (need.to_start(needs)) needed.add(need.capability);
  return needed & needs.given;
}

CapabilitySet needed_to_serve(const PrivilegeNeeds& needs) {
  if (needs.switchable) return needed_to_start(needs);
  CapabilitySet needed;
  for (const Need& need : kNeeds)
    if (need.to_answer(needs)) needed.add(need.capability);
  return needed & needs.given;
}

bool bpf_asks_for_capability_to_read() {
  bool refused = true;
  std::jthread([&refused] {
    if (!keep_only({})) return;
    // The map does not exist, so EBADF means that the call was permitted.
    bpf_attr attributes{};
    attributes.map_fd = static_cast<__u32>(-1);
    refused = syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attributes, sizeof(attributes)) != 0 &&
              errno != EBADF;
  }).join();
  return refused;
}

}  // namespace packetdrop
