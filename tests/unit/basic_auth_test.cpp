// SPDX-License-Identifier: Apache-2.0
// Who gets in by a password, and what it costs when somebody guesses.
#include "web_config/basic_auth.h"

#include <crypt.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <atomic>
#include <ctime>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace packetdrop {
namespace {

std::string hash_of(const std::string& password, const std::string& cost) {
  const auto data = std::make_unique<crypt_data>();
  return crypt_r(password.c_str(), ("$2b$" + cost + "$OuMMpzkH9vzIUc7iAvFeaO").c_str(), data.get());
}

std::string header(const std::string& user, const std::string& password) {
  const std::string text = user + ":" + password;
  std::string out(text.size() * 2 + 8, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return "Basic " + out;
}

class Passwords : public testing::Test {
 protected:
  Login check(const std::string& user, const std::string& password,
              const std::string& network = "here") {
    return auth.check(users, header(user, password), network);
  }

  // CPU seconds that a wrong password of `user` takes.
  double cost_of_wrong(const std::string& user) {
    const auto now = [] {
      timespec time{};
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
    };
    const double start = now();
    EXPECT_EQ(check(user, "wrong"), Login::kWrong);
    return now() - start;
  }

  const std::string packets = hash_of("packets", "04");
  BasicAuth::Users users = {{"prometheus", packets}};
  BasicAuth auth;
};

TEST_F(Passwords, the_right_one_of_a_user_gets_in) {
  for (int i = 0; i < 2; i++) {
    EXPECT_EQ(check("prometheus", "packets"), Login::kRight);
    EXPECT_EQ(check("prometheus", "drops"), Login::kWrong);
    EXPECT_EQ(check("grafana", "packets"), Login::kWrong);
    EXPECT_EQ(check("prometheus", std::string("packets\0", 8)), Login::kWrong);
    EXPECT_EQ(check("prometheus", std::string(600, 'x')), Login::kWrong);
  }
}

TEST_F(Passwords, a_user_who_is_renamed_gets_in_by_the_new_name_only) {
  ASSERT_EQ(check("prometheus", "packets"), Login::kRight);
  users = {{"grafana", packets}};
  EXPECT_EQ(check("prometheus", "packets"), Login::kWrong);
  EXPECT_EQ(check("grafana", "packets"), Login::kRight);
}

TEST_F(Passwords, a_user_who_is_removed_does_not_get_in_by_the_hash_of_another) {
  users = {{"grafana", packets}, {"prometheus", packets}};
  ASSERT_EQ(check("prometheus", "packets"), Login::kRight);
  users.erase("prometheus");
  EXPECT_EQ(check("prometheus", "packets"), Login::kWrong);
  users["prometheus"] = hash_of("drops", "04");
  EXPECT_EQ(check("prometheus", "packets"), Login::kWrong);
  EXPECT_EQ(check("prometheus", "drops"), Login::kRight);
}

TEST_F(Passwords, a_name_that_nobody_can_log_in_by_is_known) {
  users["a:b"] = packets;
  EXPECT_EQ(check("a:b", "packets"), Login::kWrong);
  EXPECT_EQ(BasicAuth::why_no_login("a:b"),
            "nobody can log in as \"a:b\": a name ends at its first colon (RFC 7617)");
  for (const std::string_view name : {"\n", "a\x7f", "\x01z"})
    EXPECT_TRUE(BasicAuth::why_no_login(name)) << name;
  for (const std::string_view name : {"", "prometheus", "a b", "\xc3\xa4", "@"})
    EXPECT_FALSE(BasicAuth::why_no_login(name)) << name;
}

// In CPU time, which another process does not change.
TEST_F(Passwords, a_name_cannot_be_told_by_the_time_that_a_wrong_password_takes) {
  users = {{"a-cheap", packets}, {"dear", hash_of("packets", "07")}};
  const double dear = cost_of_wrong("dear");
  EXPECT_GT(cost_of_wrong("a-cheap"), dear / 4);
  EXPECT_GT(cost_of_wrong("nobody"), dear / 4);
  EXPECT_GT(cost_of_wrong(""), dear / 4);
}

TEST_F(Passwords, a_first_right_one_is_checked_while_others_guess) {
  std::atomic<bool> done = false;
  std::vector<std::jthread> guessers;
  for (int i = 0; i < 16; i++)
    guessers.emplace_back([&, i] {
      for (int n = 0; !done; n++)
        if (check("prometheus", std::to_string(i) + "-" + std::to_string(n), "guesser") ==
            Login::kBusy)
          std::this_thread::yield();
    });
  while (auth.turns().waiting() < TurnQueue::Limits{}.places / 2) std::this_thread::yield();
  EXPECT_EQ(check("prometheus", "packets", "monitoring"), Login::kRight);
  done = true;
  auth.stop();
}

TEST_F(Passwords, a_shutdown_ends_what_waits) {
  users["dear"] = hash_of("packets", "12");
  auto computing = std::async(std::launch::async, [&] { return check("dear", "1"); });
  // Its pause lasts for nine times as long.
  std::vector<std::future<Login>> waiting;
  for (const std::string network : {"a", "b", "c"})
    waiting.push_back(
        std::async(std::launch::async, [&, network] { return check("dear", network, network); }));
  while (auth.turns().waiting() < 2) std::this_thread::yield();
  auth.stop();
  int busy = computing.get() == Login::kBusy;
  for (auto& login : waiting) busy += login.get() == Login::kBusy;
  EXPECT_GE(busy, 2);
  EXPECT_EQ(check("dear", "5"), Login::kBusy);
}

}  // namespace
}  // namespace packetdrop
