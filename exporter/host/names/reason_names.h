// SPDX-License-Identifier: Apache-2.0
// The running kernel's own names for the numbers of drop reasons, out of its BTF.
#pragma once

#include <bpf/btf.h>

#include <cstdint>
#include <map>
#include <string>

namespace packetdrop {

// By number; a subsystem's reasons have its id in the upper half (enum skb_drop_reason_subsys, 6.4,
// 071c0fc6fb91).
using ReasonNames = std::map<std::uint32_t, std::string>;

// "NO_SOCKET" for SKB_DROP_REASON_NO_SOCKET, as the kernel's own tables have it; what a subsystem
// names stays as it is. Empty for what is no reason: bounds, masks.
std::string reason_name(std::string_view enumerator);

// Adds every reason of those types: of `enum skb_drop_reason`, and of the subsystems' enums, which
// are all named …_drop_reason. With a module's BTF only its own types are looked at.
void add_reason_names(const btf* types, ReasonNames& names);

// Whether this kernel's tracepoint kfree_skb tells the reason, as its third argument (5.17,
// c504e5c2f964).
bool tells_reasons(const btf* types);

// All that the kernel's own types name; NOT_SPECIFIED alone where it tells no reasons.
ReasonNames kernel_reasons(const btf* types);

}  // namespace packetdrop
