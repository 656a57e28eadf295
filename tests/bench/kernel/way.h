// SPDX-License-Identifier: Apache-2.0
// The ways in which a hook can be counted on this kernel, each beside one that does nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/probe.h"

namespace packetdrop::bench {

// Something on one hook and on no other, as long as it lives.
class Attached {
 public:
  virtual ~Attached() = default;
  // What it has counted there.
  virtual std::uint64_t packets() const = 0;
};

// One way to attach one hook. What cannot be attached here ends the benchmark.
class Way {
 public:
  virtual ~Way() = default;
  virtual std::string mechanism() const = 0;
  // A handler that only returns.
  virtual std::unique_ptr<Attached> attach_empty() const = 0;
  // The handler that counts, as it is in use, with the gate open.
  virtual std::unique_ptr<Attached> attach_counting() const = 0;
};

struct NamedWays {
  std::string name;
  std::vector<std::unique_ptr<Way>> ways;  // by pd_hook; nothing: this kernel cannot have it
};

// By the module's kprobes and tracepoints.
NamedWays kmod_ways();
// As the exporter attaches with each value of --bpf.attach.
std::vector<NamedWays> bpf_ways();

}  // namespace packetdrop::bench
