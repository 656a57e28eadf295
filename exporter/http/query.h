// SPDX-License-Identifier: Apache-2.0
// Reads query strings strictly: an unknown or repeated parameter is an error.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

using Query = std::map<std::string, std::string, std::less<>>;

// The parameters of "a=1&b=2", percent-decoded. The error lists `allowed`.
Result<Query> parse_query(std::string_view text, std::span<const std::string_view> allowed);

}  // namespace packetdrop
