// SPDX-License-Identifier: Apache-2.0
// Checks user names and passwords against bcrypt hashes, at a bounded cost.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

namespace packetdrop {

enum class Login { kRight, kWrong, kBusy };

// Thread-safe. bcrypt is slow on purpose, some 50 ms at cost 10, and anybody may ask for it, so:
// what was right before is remembered and costs nothing; one password is computed at a time; after
// a wrong one nothing is computed for nine times as long as that took, so that guessing has a tenth
// of one CPU at most; and whoever would have to wait behind too many others is told so at once.
class BasicAuth {
 public:
  static constexpr int kMostWaiting = 8;
  static constexpr std::size_t kMostWrong = 100;  // wrong ones that are remembered

  // What `authorization`, the header of that name, is worth. `users`: name → bcrypt hash.
  Login check(const std::map<std::string, std::string>& users, std::string_view authorization);

 private:
  using Clock = std::chrono::steady_clock;

  Login remembered(const std::string& user, const std::string& digest);
  Login compute(const std::string& user, const std::string& hash, const std::string& password,
                const std::string& digest, bool known_user);

  std::mutex memory_mutex_;
  std::map<std::string, std::string> right_;  // user → digest; one each
  std::set<std::string> wrong_;
  std::deque<std::string> wrong_order_;
  int waiting_ = 0;

  std::mutex bcrypt_mutex_;
  Clock::time_point not_before_{};
};

}  // namespace packetdrop
