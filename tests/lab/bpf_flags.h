// SPDX-License-Identifier: Apache-2.0
// How $PACKETDROP_FLAGS wants BPF attached, for tests that use the source without the program.
#pragma once

#include <cstdlib>
#include <sstream>
#include <string>

#include "config/options.h"

namespace packetdrop::lab {

inline BpfOptions bpf_options_from_flags() {
  const char* flags = std::getenv("PACKETDROP_FLAGS");
  BpfOptions options;
  std::istringstream words(flags ? flags : "");
  for (std::string flag; words >> flag;) {
    if (flag == "--bpf.attach=kprobe") options.attach = BpfAttach::kKprobe;
    if (flag == "--bpf.attach=fentry") options.attach = BpfAttach::kFentry;
    if (flag == "--bpf.attach=tracepoint") options.attach = BpfAttach::kTracepoint;
    if (flag.starts_with("--bpf.btf=")) options.btf = flag.substr(flag.find('=') + 1);
  }
  return options;
}

}  // namespace packetdrop::lab
