// SPDX-License-Identifier: Apache-2.0
// One loaded BPF object: some of the programs of bpf/packetdrop.bpf.c and their maps.
#pragma once

#include <bpf/libbpf.h>
#include <bpf/packetdrop_constants.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/free_by.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "sources/bpf/candidate.h"
#include "sources/bpf/maps.h"

namespace packetdrop {

enum class Flavour { kRdonlyCast, kProbeRead };  // see bpf/read.h

struct ObjectOptions {
  Flavour flavour;
  std::string btf;           // file with the kernel's BTF; empty: the kernel's own
  pd_constants kernel = {};  // what the programs know of it
};

using Link = std::unique_ptr<bpf_link, FreeBy<bpf_link__destroy>>;

class Object {
 public:
  // Loads the programs of these candidates and no others. All of them, or an error, whose message
  // has libbpf's words on the cause.
  static Result<Object> load(const ObjectOptions& options, std::span<const Candidate* const> wanted,
                             const Maps& maps);

  Result<Link> attach(const Step& step, Mechanism mechanism) const;

  // Opened with the number of an activation, closed with 0; seen by all CPUs at once.
  void set_gate(std::uint64_t activation) const;

  int program_fd(const Step& step) const;

 private:
  struct Unmapper {
    void operator()(std::uint64_t* gate) const;
  };
  explicit Object(bpf_object* object) : object_(object) {}
  int map_gate();

  std::unique_ptr<bpf_object, FreeBy<bpf_object__close>> object_;
  std::unique_ptr<std::uint64_t, Unmapper> gate_;
};

}  // namespace packetdrop
