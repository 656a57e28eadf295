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
  std::string name;    // plain; empty: none, or of a module that is gone
  std::string module;  // empty: the kernel itself

  bool operator==(const FunctionName&) const = default;
};

// The function that each address lies in, as the kernel's %ps finds it: the nearest symbol at or
// below, the first one where several are there. `addresses` are ascending; all are found in one
// pass, which takes tens of milliseconds, and finds none where kallsyms hides addresses.
Result<std::vector<FunctionName>> find_functions(const std::string& procfs,
                                                 std::span<const std::uint64_t> addresses);

// Out of what %ps prints: "veth_xmit.part.0 [veth]", or "0xffffffffc0a01234" where it finds none.
FunctionName parse_symbol(std::string_view text);

// The names of the modules that are there; they are told where addresses are hidden, too.
std::set<std::string> loaded_module_names(const std::string& procfs);

}  // namespace packetdrop
