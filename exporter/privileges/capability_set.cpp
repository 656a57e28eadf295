// SPDX-License-Identifier: Apache-2.0
// Reads and drops the capabilities of a thread, by direct system calls.
#include "privileges/capability_set.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace packetdrop {
namespace {

using Words = std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3>;

// glibc has no functions for capget and capset.
long capabilities_call(long number, Words& words) {
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  return syscall(number, &header, words.data());
}

// EINVAL: past the kernel's last capability. EPERM: no CAP_SETPCAP; then the bounding set stays as
// the process manager set it.
void lower_bounding_set(CapabilitySet kept) {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability) >= 0; capability++)
    if (!kept.has(capability)) prctl(PR_CAPBSET_DROP, capability);
}

}  // namespace

CapabilitySet effective_capabilities() {
  Words words{};
  capabilities_call(SYS_capget, words);
  return CapabilitySet(words[0].effective | std::uint64_t{words[1].effective} << 32);
}

Result<void> keep_only(CapabilitySet kept) {
  Words words{};
  if (capabilities_call(SYS_capget, words) != 0) return system_error("capget", errno);
  lower_bounding_set(kept);
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  for (std::size_t i = 0; i < words.size(); i++) {
    const auto part = static_cast<std::uint32_t>(kept.mask() >> 32 * i);
    words[i].permitted &= part;
    words[i].effective &= part;
    words[i].inheritable = 0;
  }
  if (capabilities_call(SYS_capset, words) != 0) return system_error("capset", errno);
  return {};
}

Result<void> forbid_dumps() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return system_error("RLIMIT_CORE", errno);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return system_error("PR_SET_DUMPABLE", errno);
  return {};
}

Result<void> renounce_new_privileges() {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return system_error("no_new_privs", errno);
  return {};
}

}  // namespace packetdrop
