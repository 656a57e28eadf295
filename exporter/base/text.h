// SPDX-License-Identifier: Apache-2.0
// What header values and configuration have in common as texts.
#pragma once

#include <optional>
#include <string_view>

namespace packetdrop {

// Of ASCII letters.
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool starts_ignoring_case(std::string_view text, std::string_view start);

// Without the blanks and tabs around it.
std::string_view trim(std::string_view text);

// Cuts off what stands before `separator` and returns it, trimmed.
std::string_view next_part(std::string_view& text, char separator);

// RFC 9110, 12.4.2: the value behind "q=", 0 to 1; nothing for anything else.
std::optional<double> parse_weight(std::string_view text);

}  // namespace packetdrop
