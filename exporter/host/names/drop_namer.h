// SPDX-License-Identifier: Apache-2.0
// Names reasons and functions of drops as the running kernel does.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/facts.h"
#include "host/names/function_names.h"
#include "host/names/reason_names.h"

namespace packetdrop {

// Looks each name up once, at first use, and remembers it: the BTF is megabytes, and a module may
// be unloaded when its name is needed next. Names that kallsyms hid are looked up again once it
// shows addresses. Thread-safe.
class DropNamer {
 public:
  // The kernel's own name for an address; nothing if it has none.
  using AskKernel = std::function<std::optional<FunctionName>(std::uint64_t)>;

  // `btf`: a file with the kernel's BTF, read if the kernel ships none; may be empty.
  DropNamer(HostPaths paths, std::string btf) : paths_(std::move(paths)), btf_(std::move(btf)) {}

  // Takes names that were read already, so that no scrape has to wait for them.
  void know_reasons(ReasonNames reasons);

  // From now on functions are looked up there first, then in kallsyms; without one, in kallsyms
  // only. Called by one thread at a time.
  void ask(AskKernel kernel);

  // NOT_SPECIFIED on a kernel without reasons. A number without a name is unknown_HEX, and
  // "unknown" after the first few. PD_REASON_OTHER is "other".
  std::string reason(std::uint32_t number);

  // In the order of `locations`; "unknown" if there is no name, "other" for 0. The names live as
  // long as the namer.
  std::vector<std::string_view> functions(std::span<const std::uint64_t> locations);

 private:
  using Modules = std::set<std::string>;

  void load_kernel_reasons();
  void load_module_reasons();
  std::string unknown_reason(std::uint32_t number);
  void look_up(std::set<std::uint64_t> locations);
  void ask_kernel(std::set<std::uint64_t>& locations);
  void wait_for(const std::set<std::uint64_t>& locations);
  void read_kallsyms(const std::set<std::uint64_t>& locations);
  void keep(std::uint64_t location, const FunctionName& function);
  void set_name(std::uint64_t location, std::string_view name);

  const HostPaths paths_;
  const std::string btf_;
  std::mutex mutex_;  // guards everything below
  bool loaded_ = false;
  ReasonNames reasons_;
  int unknown_reasons_ = 0;
  AskKernel ask_;
  std::set<std::string, std::less<>> names_;  // never removed: views point to them
  std::unordered_map<std::uint64_t, std::string_view> functions_;  // in names_
  // For unknown addresses that kallsyms hid: the modules loaded at that time. A module loaded later
  // may lie at the same address, but the drop was not in it.
  std::map<std::uint64_t, std::shared_ptr<const Modules>> hidden_;
};

}  // namespace packetdrop
