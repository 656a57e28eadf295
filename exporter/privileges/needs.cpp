// SPDX-License-Identifier: Apache-2.0
// The table of capabilities, and when each is needed.
#include "privileges/needs.h"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

namespace packetdrop {
namespace {

// CAP_SYS_ADMIN does for CAP_BPF and CAP_PERFMON, and before Linux 5.8 there was nothing else.
bool admin_stands_in(const Duties& duties) {
  return !duties.given.has(CAP_BPF) || !duties.given.has(CAP_PERFMON);
}

struct Need {
  int capability;
  bool (*to_start)(const Duties&);
  bool (*to_answer)(const Duties&);  // once all is attached and nothing will be any more
};

bool never(const Duties&) { return false; }
bool low_port(const Duties& duties) { return duties.low_port; }
bool reads_by_bpf(const Duties& duties) { return duties.bpf && duties.reading_is_bpf; }

constexpr Need kNeeds[] = {
    {CAP_BPF, [](const Duties& d) { return d.bpf; }, reads_by_bpf},
    {CAP_PERFMON, [](const Duties& d) { return d.bpf; }, never},
    // A function's name is looked up when it first drops.
    {CAP_SYSLOG, [](const Duties&) { return true; }, [](const Duties&) { return true; }},
    {CAP_NET_ADMIN, [](const Duties& d) { return d.kmod; }, never},
    {CAP_NET_BIND_SERVICE, low_port, low_port},
    {CAP_SYS_RESOURCE, [](const Duties& d) { return d.bpf && d.memlock; }, never},
    // Above 2, Debian's and Ubuntu's kernels ask for it where others ask for CAP_PERFMON.
    {CAP_SYS_ADMIN,
     [](const Duties& d) { return d.bpf && (admin_stands_in(d) || d.perf_event_paranoid > 2); },
     [](const Duties& d) { return reads_by_bpf(d) && admin_stands_in(d); }},
};

}  // namespace

CapabilitySet needed_to_start(const Duties& duties) {
  CapabilitySet needed;
  for (const Need& need : kNeeds)
    if (need.to_start(duties)) needed.add(need.capability);
  return needed & duties.given;
}

CapabilitySet needed_to_serve(const Duties& duties) {
  if (duties.switchable) return needed_to_start(duties);
  CapabilitySet needed;
  for (const Need& need : kNeeds)
    if (need.to_answer(duties)) needed.add(need.capability);
  return needed & duties.given;
}

bool bpf_asks_for_capability_to_read() {
  bool refused = true;
  std::jthread([&refused] {
    if (!keep_only({})) return;
    // There is no such map: EBADF is as far as one can get.
    bpf_attr attributes{};
    attributes.map_fd = static_cast<__u32>(-1);
    refused = syscall(SYS_bpf, BPF_MAP_LOOKUP_ELEM, &attributes, sizeof(attributes)) != 0 &&
              errno != EBADF;
  }).join();
  return refused;
}

}  // namespace packetdrop
