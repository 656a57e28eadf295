// SPDX-License-Identifier: Apache-2.0
// The running kernel's own names of drop reasons, from its BTF.
#pragma once

#include <bpf/btf.h>

#include <cstdint>
#include <map>
#include <string>

namespace packetdrop {

// By number; a subsystem's reasons have its id in the upper half (enum skb_drop_reason_subsys, 6.4,
// 071c0fc6fb91).
using ReasonNames = std::map<std::uint32_t, std::string>;

// "NO_SOCKET" for SKB_DROP_REASON_NO_SOCKET, as in the kernel's own tables; names of subsystems are
// unchanged. Empty for enumerators that are not reasons: bounds, masks.
std::string reason_name(std::string_view enumerator);

// Adds every reason in `types`: from `enum skb_drop_reason` and from the subsystems' enums, which
// are all named …_drop_reason. Of a module's BTF only its own types are read.
void add_reason_names(const btf* types, ReasonNames& names);

// Whether this kernel's tracepoint kfree_skb has the reason as its third argument (5.17,
// c504e5c2f964).
bool tells_reasons(const btf* types);

// All reasons in the kernel's own types; only NOT_SPECIFIED if it has no reasons.
ReasonNames kernel_reasons(const btf* types);

}  // namespace packetdrop
