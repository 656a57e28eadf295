// SPDX-License-Identifier: Apache-2.0
// Reads small files of procfs and sysfs.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace packetdrop {

// The whole file as it is, at most `limit` bytes. The error carries errno and names the path.
Result<std::string> read_file(const std::string& path, std::size_t limit = 64 * 1024);

}  // namespace packetdrop
