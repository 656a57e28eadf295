// SPDX-License-Identifier: Apache-2.0
// How $PACKETDROP_FLAGS wants BPF attached, for tests that use the source without the program.
#pragma once

#include <cstdlib>
#include <string_view>

#include "sources/bpf/options.h"

namespace packetdrop::lab {

inline BpfAttach bpf_attach_from_flags() {
  const char* flags = std::getenv("PACKETDROP_FLAGS");
  const std::string_view text = flags ? flags : "";
  if (text.find("--bpf.attach=kprobe") != text.npos) return BpfAttach::kKprobe;
  if (text.find("--bpf.attach=fentry") != text.npos) return BpfAttach::kFentry;
  if (text.find("--bpf.attach=tracepoint") != text.npos) return BpfAttach::kTracepoint;
  return BpfAttach::kAuto;
}

}  // namespace packetdrop::lab
