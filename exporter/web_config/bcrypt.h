// SPDX-License-Identifier: Apache-2.0
// bcrypt hashes, as libxcrypt computes them. Each step of the cost doubles the time: some 50 ms at
// cost 10.
#pragma once

#include <optional>
#include <string>

namespace packetdrop {

// What a hash may cost. A computation cannot be interrupted: this one ends well within the 2 s
// that a shutdown may take, and a password is checked well within a scrape's timeout.
inline constexpr int kHighestBcryptCost = 13;

// The cost of "$2b$10$" and 53 letters of bcrypt's own base 64; nothing where `hash` is none.
std::optional<int> bcrypt_cost(const std::string& hash);

// Both take the time that the cost asks for, also where the password is too long for crypt().
bool bcrypt_matches(const std::string& password, const std::string& hash);
void spend_bcrypt(int cost);

}  // namespace packetdrop
