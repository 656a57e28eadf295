// SPDX-License-Identifier: Apache-2.0
// Attaches as many probes as this kernel allows, each by its best mechanism.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "host/facts.h"
#include "model/snapshot.h"
#include "sources/bpf/candidate.h"
#include "sources/bpf/kernel_btf.h"
#include "sources/bpf/maps.h"
#include "sources/bpf/object.h"

namespace packetdrop {

using ProbeStates = std::array<ProbeState, kProbeCount>;  // by pd_probe
using MissCounts = std::array<std::uint64_t, kMissCauseCount>;

// Everything that one activation holds in the kernel. Destroying it detaches all of it.
class Attachment {
 public:
  Attachment(Object object) : object_(std::move(object)) {}

  void add(const Step& step, Mechanism mechanism, Link link, const KernelBtf& btf);
  const Object& object() const { return object_; }

  // Events that the kernel skipped since the programs were loaded.
  MissCounts misses() const;

 private:
  struct Attached {
    Link link;
    int program_fd;
    bool is_kprobe;
  };

  Object object_;  // destroyed after the links
  std::vector<Attached> attached_;
  std::optional<std::size_t> kprobe_missed_offset_;
};

struct AttachInput {
  const BpfOptions& options;
  const HostFacts& facts;
  const KernelBtf& btf;
  const Maps& maps;
};

// With the gate closed. `states` tells how each probe is attached, and every refusal on the way;
// an error only where none could be attached.
Result<Attachment> attach_probes(const AttachInput& input, ProbeStates& states);

}  // namespace packetdrop
