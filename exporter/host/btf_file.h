// SPDX-License-Identifier: Apache-2.0
// Opens files with BTF: the kernel's own, a module's, or one that the user names.
#pragma once

#include <bpf/btf.h>

#include <cstdint>
#include <memory>
#include <string>

#include "base/free_by.h"
#include "base/result.h"

namespace packetdrop {

using BtfPtr = std::unique_ptr<btf, FreeBy<btf__free>>;

// Raw BTF or an ELF file with it. A module's BTF is told with the kernel's as `base`, which must
// outlive it. What is no BTF is an error that names the file.
Result<BtfPtr> open_btf(const std::string& path, btf* base = nullptr);

// The number of the first type that is its own: a module's go on where the kernel's end.
std::uint32_t first_type(const btf* types);

}  // namespace packetdrop
