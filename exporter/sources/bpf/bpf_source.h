// SPDX-License-Identifier: Apache-2.0
// The source "bpf": counts with BPF programs that live and die with this process.
#pragma once

#include <memory>

#include "config/options.h"
#include "host/facts.h"
#include "model/source.h"

namespace packetdrop {

// Never fails: where BPF cannot work, read() says in Snapshot::unusable why, and activate() fails
// with that.
std::unique_ptr<Source> make_bpf_source(const BpfOptions& options, const HostFacts& facts);

}  // namespace packetdrop
