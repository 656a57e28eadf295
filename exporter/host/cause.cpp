// SPDX-License-Identifier: Apache-2.0
// Why attaching a hook probably failed, and what to do about it.
#include "host/cause.h"

#include <linux/capability.h>

#include <cerrno>

namespace packetdrop {
namespace {

// libbpf's message when it cannot iterate the BTF of modules.
constexpr std::string_view kModulesAsked = "iterate BTF objects";

std::string permission_cause(const HostFacts& facts, std::string_view mechanism,
                             std::string_view libbpf) {
  const bool admin = facts.capabilities.has(CAP_SYS_ADMIN);
  if (!admin && !facts.capabilities.has(CAP_BPF)) return "CAP_BPF missing";
  if (!admin && !facts.capabilities.has(CAP_PERFMON)) return "CAP_PERFMON missing";
  if (!admin && libbpf.find(kModulesAsked) != std::string_view::npos)
    return "the kernel's BTF lacks a type that the program reads, and to look for it in the "
           "modules' takes CAP_SYS_ADMIN";
  // Debian's level 3 requires CAP_SYS_ADMIN for perf_event_open(), which kprobes use.
  if (mechanism == "kprobe" && facts.perf_event_paranoid >= 3 && !admin)
    return "kernel.perf_event_paranoid is " + std::to_string(facts.perf_event_paranoid) +
           ": set it to 2, or give the process CAP_SYS_ADMIN";
  if (facts.lockdown && *facts.lockdown != "none") return "lockdown=" + *facts.lockdown;
  if (!facts.lockdown)
    return "lockdown (unknown: securityfs cannot be read), an LSM or a seccomp profile";
  return "an LSM or a seccomp profile denies it";
}

std::string guess(const HostFacts& facts, std::string_view mechanism, int code,
                  std::string_view libbpf) {
  const bool needs_btf = mechanism == "fentry" || mechanism == "tp_btf";
  if (mechanism == "kprobe" && facts.kprobes == false)
    return "kprobes are not compiled in (CONFIG_KPROBE_EVENTS)";
  if (needs_btf && !facts.btf) return "no BTF in this kernel (CONFIG_DEBUG_INFO_BTF)";
  switch (code) {
    case EPERM:
    case EACCES:
      return permission_cause(facts, mechanism, libbpf);
    case ENOENT:
    case ESRCH:
      return mechanism == "kprobe" ? "no such symbol in this kernel"
                                   : "this kernel's BTF does not describe it, or it has no address";
    case EINVAL:
      return "this kernel's verifier or tracer does not accept it";
    case EBUSY:
      return "the function cannot be traced (notrace, or in use by another tracer)";
    case ENOMEM:
      return "no memory for it: see RLIMIT_MEMLOCK and the cgroup's limit";
    case ENOTUNIQ:
    case EADDRNOTAVAIL:
      return "the kernel has several functions of that name";
    case EOPNOTSUPP:
      return "this kernel or architecture does not support it";
    default:
      return "unexpected; run with --log.level=debug for the kernel's own words";
  }
}

}  // namespace

std::string likely_cause(const HostFacts& facts, std::string_view mechanism, int code,
                         std::string_view libbpf) {
  std::string cause = guess(facts, mechanism, code, libbpf);
  if (!libbpf.empty()) cause += " (libbpf: " + std::string(libbpf) + ")";
  return cause;
}

}  // namespace packetdrop
