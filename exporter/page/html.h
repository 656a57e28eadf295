// SPDX-License-Identifier: Apache-2.0
// Pieces of HTML.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace packetdrop {

// For use as text, or as the value of a quoted attribute.
std::string escape(std::string_view text);

// 1234567 as 1,234,567.
std::string grouped(std::uint64_t number);

// `mood`: "good", "warn", "bad" or none of them, "". `text` is HTML.
std::string badge(std::string_view text, std::string_view mood);

}  // namespace packetdrop
