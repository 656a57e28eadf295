// SPDX-License-Identifier: Apache-2.0
// The source "kmod": the module drop_packet, through its file in procfs.
#pragma once

#include <memory>
#include <string>

#include "host/facts.h"
#include "model/source.h"

namespace packetdrop {

// The file is the truth about the module: it is read each time and nothing is remembered. `btf`: a
// file with the kernel's BTF, which names drop reasons where the kernel ships none; may be empty.
std::unique_ptr<Source> make_kmod_source(const HostPaths& paths, const std::string& btf = {});

}  // namespace packetdrop
