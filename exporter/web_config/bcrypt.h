// SPDX-License-Identifier: Apache-2.0
// bcrypt hashes, computed by libxcrypt. Each step of the cost doubles the time: 50 ms at cost 10.
#pragma once

#include <optional>
#include <string>

namespace packetdrop {

// The highest cost accepted. A computation cannot be interrupted: at this cost it ends well within
// the 2 s that a shutdown may take, and well within a scrape's timeout.
inline constexpr int kHighestBcryptCost = 13;

// The cost in "$2b$10$" + 53 characters of bcrypt's base 64; nothing if `hash` is not a bcrypt
// hash.
std::optional<int> bcrypt_cost(const std::string& hash);

// Both take the time of the cost, even if the password is too long for crypt().
bool bcrypt_matches(const std::string& password, const std::string& hash);
void spend_bcrypt(int cost);

}  // namespace packetdrop
