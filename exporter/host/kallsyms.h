// SPDX-License-Identifier: Apache-2.0
// Reads /proc/kallsyms, and finds the clones that the compiler made of a function.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace packetdrop {

struct KernelSymbol {
  std::uint64_t address = 0;  // 0 if hidden from this process
  char type = 0;              // as in nm(1)
  std::string_view name;
  std::string_view module;  // empty for the kernel itself

  bool is_text() const { return type == 't' || type == 'T'; }
};

// Labels of assemblers and compilers inside functions ($x, $d, $a, $t, .L1, L0), which the kernel's
// own look-up skips (include/linux/module_symbol.h). Modules have them, mostly on arm64.
bool is_mapping_symbol(std::string_view name);

// Calls `visit` with every symbol, in the order of the file. A symbol is valid during that call.
Result<void> for_each_symbol(const std::string& procfs,
                             const std::function<void(const KernelSymbol&)>& visit);

// Whether `symbol` is `function` itself or a clone that takes the same arguments: X.constprop.N or
// X.llvm.N; not .isra, .part or .cold.
bool is_body_of(std::string_view symbol, std::string_view function);

// For each function, its text symbols and clones in the order of the file, without those of
// modules. A name that occurs twice is listed twice: it cannot be hooked by name.
using Bodies = std::map<std::string, std::vector<std::string>, std::less<>>;
Result<Bodies> find_bodies(const std::string& procfs, std::span<const std::string_view> functions);

// False if kptr_restrict or a missing CAP_SYSLOG hides them.
bool kallsyms_shows_addresses(const std::string& procfs);

}  // namespace packetdrop
