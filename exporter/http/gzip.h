// SPDX-License-Identifier: Apache-2.0
// Compresses bodies for clients that ask for it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

// Whether an Accept-Encoding header allows gzip; q=0 says that it does not.
bool accepts_gzip(std::string_view accept_encoding);

// One gzip member with all of `text`. Any thread may call it; one text is compressed at a time. An
// error if there is no memory.
Result<std::string> gzip(std::string_view text);

}  // namespace packetdrop
