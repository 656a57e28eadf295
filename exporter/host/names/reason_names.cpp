// SPDX-License-Identifier: Apache-2.0
// The running kernel's own names of drop reasons, from its BTF.
#include "host/names/reason_names.h"

#include <span>
#include <string_view>

#include "host/btf_file.h"
#include "model/drop.h"

namespace packetdrop {
namespace {

constexpr std::string_view kCoreEnum = "skb_drop_reason";
constexpr std::string_view kAnyEnum = "_drop_reason";
constexpr std::uint32_t kSubsystemMask = 0xffff0000;  // SKB_DROP_REASON_SUBSYS_MASK

// libbpf returns null for an offset that is not in the file.
std::string_view name_at(const btf* types, std::uint32_t offset) {
  const char* name = btf__name_by_offset(types, offset);
  return name ? name : "";
}

const btf_type* type_at(const btf* types, std::uint32_t id) { return btf__type_by_id(types, id); }

bool remove_prefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::string reason_name(std::string_view enumerator) {
  if (enumerator.starts_with("_") || enumerator.ends_with("_MAX") ||
      enumerator.ends_with("_SUBSYS_MASK"))
    return {};
  if (!remove_prefix(enumerator, "SKB_DROP_REASON_")) remove_prefix(enumerator, "SKB_");
  return std::string(enumerator);
}

void add_reason_names(const btf* types, ReasonNames& names) {
  for (std::uint32_t id = first_type(types); id < btf__type_cnt(types); id++) {
    const btf_type* type = btf__type_by_id(types, id);
    if (!type || !btf_is_enum(type)) continue;
    const std::string_view enum_name = name_at(types, type->name_off);
    const bool is_core = enum_name == kCoreEnum;
    if (!is_core && !enum_name.ends_with(kAnyEnum)) continue;
    for (const struct btf_enum& row : std::span(btf_enum(type), btf_vlen(type))) {
      const auto number = static_cast<std::uint32_t>(row.val);
      // An enum of that name without a subsystem is something else.
      if (is_core != ((number & kSubsystemMask) == 0)) continue;
      if (std::string name = reason_name(name_at(types, row.name_off)); !name.empty())
        names.emplace(number, std::move(name));
    }
  }
}

bool tells_reasons(const btf* types) {
  // typedef void (*btf_trace_kfree_skb)(void *, struct sk_buff *, void *location, enum …, …);
  static constexpr std::uint32_t kReason = 3;
  const int id = btf__find_by_name_kind(types, "btf_trace_kfree_skb", BTF_KIND_TYPEDEF);
  const btf_type* pointer = id > 0 ? type_at(types, btf__type_by_id(types, id)->type) : nullptr;
  if (!pointer || !btf_is_ptr(pointer)) return false;
  const btf_type* function = type_at(types, pointer->type);
  if (!function || !btf_is_func_proto(function) || btf_vlen(function) <= kReason) return false;
  const btf_type* reason = type_at(types, btf_params(function)[kReason].type);
  return reason && btf_is_enum(reason) && name_at(types, reason->name_off) == kCoreEnum;
}

ReasonNames kernel_reasons(const btf* types) {
  ReasonNames names;
  if (tells_reasons(types))
    add_reason_names(types, names);
  else
    names.emplace(0, kNotSpecified);
  return names;
}

}  // namespace packetdrop
