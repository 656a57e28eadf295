// SPDX-License-Identifier: Apache-2.0
// Opens files with BTF: the kernel's own, a module's, or one that the user names.
#pragma once

#include <bpf/btf.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace packetdrop {

struct BtfCloser {
  void operator()(btf* types) const { btf__free(types); }
};
using BtfPtr = std::unique_ptr<btf, BtfCloser>;

// Raw BTF or an ELF file with it. A module's BTF is told with the kernel's as `base`, which must
// outlive it. What is no BTF is an error that names the file.
Result<BtfPtr> open_btf(const std::string& path, btf* base = nullptr);

}  // namespace packetdrop
