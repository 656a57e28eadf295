// SPDX-License-Identifier: Apache-2.0
// Reads small files whole.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace packetdrop {

// The content of a regular file; files of procfs and sysfs are regular, too. More than `limit`
// bytes are an error (EFBIG), and so is a FIFO or a device, without waiting for it. The error has
// errno and the path.
Result<std::string> read_file(const std::string& path, std::size_t limit = 64 * 1024);

// The first `size` bytes, or all if there are fewer.
Result<std::string> read_beginning(const std::string& path, std::size_t size);

}  // namespace packetdrop
