// SPDX-License-Identifier: Apache-2.0
// A program that only returns, where a real one would be: what the kernel itself costs.
#pragma once

#include <bpf/bpf.h>

#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "sources/bpf/candidate.h"

namespace packetdrop::bench {

class EmptyProgram {
 public:
  // Not for kprobes, which attach in another way.
  static Result<EmptyProgram> load(const Step& step, Mechanism mechanism);

  int fd() const { return program_.get(); }
  // Runs as long as the descriptor is open.
  Result<UniqueFd> attach() const;

 private:
  EmptyProgram(UniqueFd program, bpf_attach_type type)
      : program_(std::move(program)), type_(type) {}
  UniqueFd program_;
  bpf_attach_type type_;
};

// One for each step of the candidate; an error where this kernel refuses one.
Result<std::vector<EmptyProgram>> load_empty(const Candidate& candidate);

}  // namespace packetdrop::bench
