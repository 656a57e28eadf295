// SPDX-License-Identifier: Apache-2.0
// Finds the bodies that the compiler made of a function in /proc/kallsyms.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace packetdrop {

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
