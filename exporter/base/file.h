// SPDX-License-Identifier: Apache-2.0
// Reads small files whole.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace packetdrop {

// The whole of a regular file, as those of procfs and sysfs are, too. One that is larger than
// `limit` bytes is an error (EFBIG), and so is a FIFO or a device: neither is waited for. The error
// carries errno and names the path.
Result<std::string> read_file(const std::string& path, std::size_t limit = 64 * 1024);

// Its first `size` bytes, or all where it has fewer.
Result<std::string> read_beginning(const std::string& path, std::size_t size);

}  // namespace packetdrop
