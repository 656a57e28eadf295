// SPDX-License-Identifier: Apache-2.0
// Which function an address of the running kernel lies in.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace packetdrop {

// The plain name of the function that each address lies in, as the kernel's %ps finds it: the
// nearest symbol at or below, the first one where several are there. "" where there is none: hidden
// from this process, or of a module that is gone. `addresses` are ascending; all are found in one
// pass, which takes tens of milliseconds.
Result<std::vector<std::string>> find_functions(const std::string& procfs,
                                                std::span<const std::uint64_t> addresses);

}  // namespace packetdrop
