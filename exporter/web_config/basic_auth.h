// SPDX-License-Identifier: Apache-2.0
// Checks user names and passwords against bcrypt hashes, at a bounded cost.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "web_config/turn_queue.h"

namespace packetdrop {

enum class Login { kRight, kWrong, kBusy };

// Thread-safe. bcrypt is slow on purpose (50 ms at cost 10), and every client can make this process
// compute it. So correct passwords are remembered and then cost nothing. Passwords are computed one
// at a time. After a wrong one nothing is computed for nine times the CPU time that it took, so
// guessing takes at most a tenth of one CPU. TurnQueue shares the turns between networks, so
// guessing does not lock others out. Every wrong answer takes the time of the highest cost among
// the users, so timing does not reveal which names exist.
class BasicAuth {
 public:
  using Users = std::map<std::string, std::string>;  // name → bcrypt hash

  static constexpr std::size_t kMostWrong = 100;  // wrong passwords that are remembered

  // Checks `authorization`, the header of that name, from a client in `network`. kBusy if too many
  // requests wait, and after stop().
  Login check(const Users& users, std::string_view authorization, const std::string& network);

  // A sentence that says why nobody can log in as `user`; nothing if login is possible.
  static std::optional<std::string> why_no_login(std::string_view user);

  // For a shutdown: waiting requests are answered at once; a running computation continues, for
  // less than a second (kHighestBcryptCost).
  void stop() { turns_.stop(); }

  const TurnQueue& turns() const { return turns_; }

 private:
  struct Attempt;

  Login remembered(const Attempt& attempt);
  void remember(const Attempt& attempt, bool right, const Users& users);

  std::mutex mutex_;
  std::map<std::string, std::string> right_;  // user → digest of the last correct password
  std::set<std::string> wrong_;
  std::deque<std::string> wrong_order_;
  TurnQueue turns_;
};

}  // namespace packetdrop
