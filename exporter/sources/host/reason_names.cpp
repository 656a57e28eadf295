// SPDX-License-Identifier: Apache-2.0
// The running kernel's own names for the numbers of drop reasons, out of its BTF.
#include "sources/host/reason_names.h"

#include <span>
#include <string_view>

#include "sources/host/btf_file.h"

namespace packetdrop {
namespace {

constexpr std::string_view kCoreEnum = "skb_drop_reason";
constexpr std::string_view kAnyEnum = "_drop_reason";
constexpr std::uint32_t kSubsystemMask = 0xffff0000;  // SKB_DROP_REASON_SUBSYS_MASK

// libbpf has no name for an offset that is not in the file.
std::string_view name_at(const btf* types, std::uint32_t offset) {
  const char* name = btf__name_by_offset(types, offset);
  return name ? name : "";
}

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
      // An enum of that name without a subsystem speaks of something else.
      if (is_core != ((number & kSubsystemMask) == 0)) continue;
      if (std::string name = reason_name(name_at(types, row.name_off)); !name.empty())
        names.emplace(number, std::move(name));
    }
  }
}

bool has_reasons(const btf* types) {
  return btf__find_by_name_kind(types, kCoreEnum.data(), BTF_KIND_ENUM) > 0;
}

}  // namespace packetdrop
