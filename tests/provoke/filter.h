// SPDX-License-Identifier: Apache-2.0
// The shortest programs that say no.
#pragma once

#include <cstdint>

#include "provoke/host.h"

namespace packetdrop::provoke {

// A classic BPF filter on the socket that takes no packet.
void refuse_everything(Host& host, const UniqueFd& socket);

// The shell command that classifies what passes "ingress" or "egress" of a device, by a classic BPF
// program that returns this action.
enum class Verdict { kDrop = 2 /* TC_ACT_SHOT */, kTake = 4 /* TC_ACT_STOLEN, which is no drop */ };
std::string classifier(const std::string& device, const std::string& hook, Verdict verdict);

// A BPF program of this type that returns `verdict`.
UniqueFd one_verdict(Host& host, std::uint32_t program_type, std::int32_t verdict);

// One that redirects to the device of that index.
UniqueFd redirect(Host& host, std::uint32_t program_type, std::int32_t device);

}  // namespace packetdrop::provoke
