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

// Thread-safe. bcrypt is slow on purpose, some 50 ms at cost 10, and anybody may ask for it, so:
// what was right before is remembered and costs nothing; one password is computed at a time; after
// a wrong one nothing is computed for nine times the CPU time that it took, so that guessing has a
// tenth of one CPU at most; and turns are shared out by network (TurnQueue), so that guessing does
// not keep others out. A wrong answer takes the time of the highest cost among the users, whoever
// it is about, so that names cannot be told by it.
class BasicAuth {
 public:
  using Users = std::map<std::string, std::string>;  // name → bcrypt hash

  static constexpr std::size_t kMostWrong = 100;  // wrong ones that are remembered

  // What `authorization`, the header of that name, is worth when it comes from `network`. kBusy
  // where too many wait, and after stop().
  Login check(const Users& users, std::string_view authorization, const std::string& network);

  // Why nobody can log in as the user of that name, as a sentence about it; nothing where somebody
  // can.
  static std::optional<std::string> why_no_login(std::string_view user);

  // For a shutdown: whoever waits is answered at once; a computation under way goes on, for less
  // than a second (kHighestBcryptCost).
  void stop() { turns_.stop(); }

  const TurnQueue& turns() const { return turns_; }

 private:
  struct Attempt;

  Login remembered(const Attempt& attempt);
  void remember(const Attempt& attempt, bool right, const Users& users);

  std::mutex mutex_;
  std::map<std::string, std::string> right_;  // user → digest; one each
  std::set<std::string> wrong_;
  std::deque<std::string> wrong_order_;
  TurnQueue turns_;
};

}  // namespace packetdrop
