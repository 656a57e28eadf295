// SPDX-License-Identifier: Apache-2.0
// Looks up in the kernel's BTF what the loader needs to know, in one pass.
#include "sources/bpf/kernel_btf.h"

#include <bpf/btf.h>

#include <cerrno>
#include <span>
#include <string_view>

#include "host/btf_file.h"
#include "model/drop.h"
#include "model/probe.h"

namespace packetdrop {
namespace {

// Where libbpf looks for it, whatever --path.sysfs says.
constexpr const char* kKernelsOwn = "/sys/kernel/btf/vmlinux";

std::span<const btf_member> members(const btf_type* type) {
  return {btf_members(type), btf_vlen(type)};
}

// A file may say that a struct contains itself.
constexpr int kDeepest = 8;

// Byte offset of a member, looked for in anonymous structs and unions, too.
std::optional<std::size_t> find_member(const btf* types, const btf_type* type,
                                       std::string_view name, const btf_type** found,
                                       int depth = 0) {
  if (depth == kDeepest) return std::nullopt;
  std::uint32_t index = 0;
  for (const btf_member& member : members(type)) {
    const std::size_t offset = btf_member_bit_offset(type, index++) / 8;
    const char* member_name = btf__name_by_offset(types, member.name_off);
    const btf_type* inner = btf__type_by_id(types, member.type);
    if (!member_name || !inner) continue;
    if (member_name == name) {
      *found = inner;
      return offset;
    }
    if (*member_name || !btf_is_composite(inner)) continue;
    if (const auto deeper = find_member(types, inner, name, found, depth + 1))
      return offset + *deeper;
  }
  return std::nullopt;
}

// Byte offset of `struct name`'s member a.b.c.
std::optional<std::size_t> member_offset(const btf* types, const char* name,
                                         std::span<const std::string_view> path) {
  const int id = btf__find_by_name_kind(types, name, BTF_KIND_STRUCT);
  const btf_type* type = id > 0 ? btf__type_by_id(types, id) : nullptr;
  std::size_t offset = 0;
  for (const std::string_view member : path) {
    if (!type || !btf_is_composite(type)) return std::nullopt;
    const auto step = find_member(types, type, member, &type);
    if (!step) return std::nullopt;
    offset += *step;
  }
  return offset;
}

bool has_function(const btf* types, const char* name) {
  return btf__find_by_name_kind(types, name, BTF_KIND_FUNC) > 0;
}

bool has_struct(const btf* types, const char* name) {
  return btf__find_by_name_kind(types, name, BTF_KIND_STRUCT) > 0;
}

void look_up_probes(const btf* types, KernelBtf& out) {
  const auto note_tracepoint = [&](std::string_view name) {
    const std::string type = "btf_trace_" + std::string(name);
    if (btf__find_by_name_kind(types, type.c_str(), BTF_KIND_TYPEDEF) > 0)
      out.tracepoints.emplace(name);
  };
  const auto note_function = [&](std::string_view name) {
    const int id = btf__find_by_name_kind(types, std::string(name).c_str(), BTF_KIND_FUNC);
    if (id > 0) out.functions.emplace(name, id);
  };
  note_tracepoint(kXmitBegins);
  for (const ProbeInfo& probe : probes()) {
    for (const std::string_view target : probe.targets)
      probe.kind == PD_KIND_FUNCTION ? note_function(target) : note_tracepoint(target);
    if (probe.fallback_exact != PD_FALLBACK_NONE) note_tracepoint(probe.fallback);
  }
}

}  // namespace

Result<KernelBtf> load_kernel_btf(bool kernel_has_btf, const std::string& file) {
  if (!kernel_has_btf && file.empty())
    return Error{.code = ENOENT, .message = "no BTF in this kernel: give it with --bpf.btf=FILE"};

  KernelBtf out;
  if (!kernel_has_btf) out.file = file;
  const auto opened = open_btf(kernel_has_btf ? kKernelsOwn : file);
  if (!opened && !kernel_has_btf)
    return Error{.code = opened.error().code, .message = "--bpf.btf=" + opened.error().message};
  if (!opened) return opened.error();
  const btf* types = opened->get();

  look_up_probes(types, out);
  out.has_rdonly_cast = kernel_has_btf && has_function(types, "bpf_rdonly_cast") &&
                        has_struct(types, "in6_addr") && has_struct(types, "skb_shared_info");
  out.drops_tell_reasons = tells_reasons(types);
  out.reasons = kernel_reasons(types);
  out.tracepoint_skips_nested = has_function(types, "bpf_prog_inc_misses_counter");

  static constexpr std::string_view kMisses[] = {"recursion_misses"};
  out.fentry_skips_nested = member_offset(types, "bpf_prog_info", kMisses).has_value();
  static constexpr std::string_view kMissed[] = {"perf_event", "kprobe", "missed"};
  out.kprobe_missed_offset = member_offset(types, "bpf_link_info", kMissed);
  return out;
}

}  // namespace packetdrop
