// SPDX-License-Identifier: Apache-2.0
// How the BPF source is to be attached.
#pragma once

#include <string>

#include "sources/host/facts.h"

namespace packetdrop {

enum class BpfAttach {
  kAuto,        // the cheapest exact mechanism, else an inexact stand-in
  kKprobe,      // functions by kprobe alone
  kFentry,      // functions by fentry alone
  kTracepoint,  // functions by their stand-in alone, exact or not
};

struct BpfOptions {
  BpfAttach attach = BpfAttach::kAuto;
  std::string btf = {};  // BTF file for a kernel that ships none; empty: none given
  HostPaths paths = {};
};

}  // namespace packetdrop
