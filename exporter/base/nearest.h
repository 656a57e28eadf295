// SPDX-License-Identifier: Apache-2.0
// Finds the word that the user probably meant.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace packetdrop {

// Levenshtein distance: insertions, deletions and replacements that turn one into the other.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The candidate with the smallest distance, the first of equals; empty if even that one differs in
// more than two letters of five.
std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

// "did you mean NEAREST? LABEL: A, B, C"; the question only if a candidate is near.
std::string alternatives(std::string_view word, std::span<const std::string_view> candidates,
                         std::string_view label);

}  // namespace packetdrop
