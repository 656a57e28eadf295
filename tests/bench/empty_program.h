// SPDX-License-Identifier: Apache-2.0
// A program that only returns, where a real one would be: what the kernel itself costs.
#pragma once

#include <bpf/bpf.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "sources/bpf/candidate.h"

namespace packetdrop::bench {

class EmptyProgram {
 public:
  static Result<EmptyProgram> load(const Step& step, Mechanism mechanism);

  int fd() const { return program_.get(); }
  // Runs as long as the descriptor is open.
  Result<UniqueFd> attach() const;

 private:
  EmptyProgram(UniqueFd program, Mechanism mechanism, std::string target)
      : program_(std::move(program)), mechanism_(mechanism), target_(std::move(target)) {}
  UniqueFd program_;
  Mechanism mechanism_;
  std::string target_;
};

// One for each step of the candidate; an error where this kernel refuses one.
Result<std::vector<EmptyProgram>> load_empty(const Candidate& candidate);

}  // namespace packetdrop::bench
