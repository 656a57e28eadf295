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

// Reads raw BTF or an ELF file with BTF. A module's BTF needs the kernel's as `base`, which must
// outlive it. Anything else is an error that names the file.
Result<BtfPtr> open_btf(const std::string& path, btf* base = nullptr);

// The id of the first type of this BTF: a module's ids continue where the kernel's end.
std::uint32_t first_type(const btf* types);

}  // namespace packetdrop
