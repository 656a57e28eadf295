// SPDX-License-Identifier: Apache-2.0
// The source "kmod": the module drop_packet, through its file in procfs.
#pragma once

#include <memory>
#include <string>

#include "model/source.h"

namespace packetdrop {

// The file is the truth about the module: it is read each time and nothing is remembered.
std::unique_ptr<Source> make_kmod_source(const std::string& procfs);

}  // namespace packetdrop
