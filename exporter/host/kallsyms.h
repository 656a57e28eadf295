// SPDX-License-Identifier: Apache-2.0
// Reads /proc/kallsyms, and finds in it the bodies that the compiler made of a function.
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
  std::uint64_t address = 0;  // 0 where it is hidden from this process
  char type = 0;              // as nm(1) has it
  std::string_view name;
  std::string_view module;  // empty for the kernel itself

  bool is_text() const { return type == 't' || type == 'T'; }
};

// What assemblers and compilers leave inside of functions, as the kernel's own look-up leaves it
// out (include/linux/module_symbol.h): $x, $d, $a, $t, .L1, L0. Modules have them, on arm64 above
// all.
bool is_mapping_symbol(std::string_view name);

// Calls `visit` with every symbol in the file's order; they live as long as the call.
Result<void> for_each_symbol(const std::string& procfs,
                             const std::function<void(const KernelSymbol&)>& visit);

// Whether `symbol` is a body of `function` that takes the same arguments: the plain name,
// X.constprop.N or X.llvm.N; not .isra, .part or .cold.
bool is_body_of(std::string_view symbol, std::string_view function);

// The symbols of text type that are bodies of each function, in the file's order, modules' left
// out. A name that is there twice is listed twice: it cannot be hooked by name.
using Bodies = std::map<std::string, std::vector<std::string>, std::less<>>;
Result<Bodies> find_bodies(const std::string& procfs, std::span<const std::string_view> functions);

// False where kptr_restrict or a missing CAP_SYSLOG hides them.
bool kallsyms_shows_addresses(const std::string& procfs);

}  // namespace packetdrop
