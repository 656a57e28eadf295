// SPDX-License-Identifier: Apache-2.0
// How many events the kernel says that it skipped for a program.
#include "sources/bpf/misses.h"

#include <bpf/bpf.h>

#include <array>
#include <cstring>

namespace packetdrop {

bool may_nest(Mechanism mechanism, const KernelBtf& btf) {
  switch (mechanism) {
    case Mechanism::kFentry:
      return !btf.fentry_skips_nested;
    case Mechanism::kTpBtf:
    case Mechanism::kRawTp:
      return !btf.tracepoint_skips_nested;
    case Mechanism::kKprobe:
      break;  // bpf_prog_active keeps them apart on every kernel
  }
  return false;
}

bool misses_observable(Mechanism mechanism, const KernelBtf& btf) {
  // Where a nested run is not skipped, nothing is missed; where it is, the same change counts it.
  return mechanism != Mechanism::kKprobe || btf.kprobe_missed_offset.has_value();
}

std::uint64_t recursion_misses(int program_fd) {
  bpf_prog_info info{};
  __u32 size = sizeof(info);
  if (bpf_obj_get_info_by_fd(program_fd, &info, &size) != 0) return 0;
  return info.recursion_misses;
}

std::uint64_t kprobe_misses(int link_fd, std::optional<std::size_t> missed_offset) {
  // Larger than any kernel's bpf_link_info; the offset is the running kernel's own.
  std::array<char, 256> info{};
  std::uint64_t missed = 0;
  __u32 size = info.size();
  if (!missed_offset || *missed_offset + sizeof(missed) > info.size()) return 0;
  if (bpf_obj_get_info_by_fd(link_fd, info.data(), &size) != 0) return 0;
  if (*missed_offset + sizeof(missed) <= size)
    std::memcpy(&missed, info.data() + *missed_offset, sizeof(missed));
  return missed;
}

}  // namespace packetdrop
