// SPDX-License-Identifier: Apache-2.0
// Which function an address of the running kernel lies in.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace packetdrop {

struct FunctionName {
  std::string name;    // without suffixes; empty: none, or its module was unloaded
  std::string module;  // empty: the kernel itself

  bool operator==(const FunctionName&) const = default;
};

// The function that contains each address, as the kernel's %ps finds it: the nearest symbol at or
// below it, the first one if several have that address. `addresses` are ascending; one pass finds
// all, which takes tens of milliseconds. Finds none if kallsyms hides addresses.
Result<std::vector<FunctionName>> find_functions(const std::string& procfs,
                                                 std::span<const std::uint64_t> addresses);

// From the output of %ps: "veth_xmit.part.0 [veth]", or "0xffffffffc0a01234" if it finds none.
FunctionName parse_symbol(std::string_view text);

// The names of the loaded modules; available even if addresses are hidden.
std::set<std::string> loaded_module_names(const std::string& procfs);

}  // namespace packetdrop
