// SPDX-License-Identifier: Apache-2.0
// Turns the numbers and addresses of drops into the running kernel's names.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "sources/host/facts.h"
#include "sources/host/reason_names.h"

namespace packetdrop {

// Looks each thing up once, when it is first asked for, and remembers it: the BTF is megabytes, and
// a module may be gone when its name is wanted again. Thread-safe.
class DropNamer {
 public:
  // `btf`: a file with the kernel's BTF, read where the kernel ships none; may be empty.
  DropNamer(HostPaths paths, std::string btf) : paths_(std::move(paths)), btf_(std::move(btf)) {}

  // NOT_SPECIFIED on a kernel that tells no reasons. A number that nothing names is unknown_HEX,
  // and simply "unknown" after the first few. PD_REASON_OTHER is "other".
  std::string reason(std::uint32_t number);

  // In the order of `locations`; "unknown" where no name can be told, "other" for 0.
  std::vector<std::string> functions(std::span<const std::uint64_t> locations);

 private:
  void load_kernel_reasons();
  void load_module_reasons();
  std::string unknown_reason(std::uint32_t number);
  void look_up(const std::set<std::uint64_t>& locations);

  const HostPaths paths_;
  const std::string btf_;
  std::mutex mutex_;  // guards what follows
  bool loaded_ = false;
  ReasonNames reasons_;
  int unknown_reasons_ = 0;
  std::map<std::uint64_t, std::string> functions_;
};

}  // namespace packetdrop
