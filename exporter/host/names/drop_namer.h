// SPDX-License-Identifier: Apache-2.0
// Turns the numbers and addresses of drops into the running kernel's names.
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

// Looks each thing up once, when it is first asked for, and remembers it: the BTF is megabytes, and
// a module may be gone when its name is wanted again. What kallsyms hides is looked up again once
// it hides nothing any more. Thread-safe.
class DropNamer {
 public:
  // The kernel's own answer for an address: nothing where it gives none.
  using AskKernel = std::function<std::optional<FunctionName>(std::uint64_t)>;

  // `btf`: a file with the kernel's BTF, read where the kernel ships none; may be empty.
  DropNamer(HostPaths paths, std::string btf) : paths_(std::move(paths)), btf_(std::move(btf)) {}

  // What somebody read already, so that no scrape has to wait for it.
  void know_reasons(ReasonNames reasons);

  // From now on functions are asked for there first, and then in kallsyms; with nothing, in
  // kallsyms alone. Asked by one thread at a time.
  void ask(AskKernel kernel);

  // NOT_SPECIFIED on a kernel that tells no reasons. A number that nothing names is unknown_HEX,
  // and simply "unknown" after the first few. PD_REASON_OTHER is "other".
  std::string reason(std::uint32_t number);

  // In the order of `locations`; "unknown" where no name can be told, "other" for 0. They live as
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
  std::mutex mutex_;  // guards what follows
  bool loaded_ = false;
  ReasonNames reasons_;
  int unknown_reasons_ = 0;
  AskKernel ask_;
  std::set<std::string, std::less<>> names_;  // only ever more: others look at them
  std::unordered_map<std::uint64_t, std::string_view> functions_;  // in names_
  // Of the unknown ones that kallsyms hid, the modules that were loaded then: a later one may lie
  // where another was, and has dropped nothing there.
  std::map<std::uint64_t, std::shared_ptr<const Modules>> hidden_;
};

}  // namespace packetdrop
