// SPDX-License-Identifier: Apache-2.0
// Passwords over HTTP: who guesses is in the way of nobody else, nor of the end.
#include <atomic>
#include <thread>

#include "http_fixture.h"
#include "support/folder.h"

namespace packetdrop {
namespace {

using namespace std::chrono_literals;

// "packets", at cost 10: some 50 ms.
constexpr std::string_view kUsers =
    "basic_auth_users: {prometheus: $2b$10$nbl9bZoru95sJSV2AHRE5esRdWj6Y1suZ0ekMuHJGr4oRrd/1StuK}";
const HttpHeaders kRight = {{"Authorization", "Basic cHJvbWV0aGV1czpwYWNrZXRz"}};

class HttpAuth : public HttpFixture {
 protected:
  void SetUp() override {
    folder.write("web.yml", std::string(kUsers));
    start({.listen_addresses = {"127.0.0.1:0"}, .web_config_file = folder.path("web.yml")});
  }
  // A connection that has sent a password that nobody has.
  HttpClient guess(const std::string& own, int number) const {
    static constexpr std::string_view kHex = "0123456789abcdef";
    HttpClient client = connect_from(own);
    const std::string letter(1, kHex[static_cast<std::size_t>(number) % kHex.size()]);
    EXPECT_TRUE(client.send("GET /metrics HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi" +
                            letter + letter + letter + letter + "\r\n\r\n"));
    return client;
  }

  const Folder folder;
};

TEST_F(HttpAuth, a_first_right_password_is_answered_while_another_network_guesses) {
  std::vector<HttpClient> guesses;
  for (int i = 0; i < 16; i++) guesses.push_back(guess("127.0.0.2", i));
  // A request without a place in the queue is answered at once; then the queue is as full as it
  // gets.
  int busy = 0;
  for (std::size_t i = 10; i < guesses.size(); i++) busy += guesses[i].receive()->status == 503;
  EXPECT_GT(busy, 0);
  HttpClient prometheus = connect_from("127.0.0.3");
  const auto start = std::chrono::steady_clock::now();
  const auto response = prometheus.get("/metrics", kRight);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);  // the usual scrape timeout
}

// None of them has failed before, as this one has not either.
TEST_F(HttpAuth, a_first_right_password_is_answered_while_networks_guess_that_nobody_knows) {
  std::vector<HttpClient> guesses;
  for (int i = 0; i < 12; i++) guesses.push_back(guess("127.0.0." + std::to_string(2 + i), i));
  HttpClient prometheus = connect_from("127.0.0.20");
  const auto start = std::chrono::steady_clock::now();
  const auto response = prometheus.get("/metrics", kRight);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_F(HttpAuth, a_shutdown_does_not_wait_for_those_who_guess) {
  std::vector<HttpClient> guesses;
  for (int i = 0; i < 12; i++) guesses.push_back(guess("127.0.0." + std::to_string(2 + i), i));
  // Each of them would take half a second, with its pause.
  ASSERT_TRUE(guesses[0].receive());
  const auto start = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST_F(HttpAuth, a_password_that_is_missing_is_told_from_one_that_is_wrong) {
  EXPECT_EQ(error_of(call("GET", "/metrics"), 401),
            "user name and password required (HTTP basic authentication)");
  EXPECT_EQ(error_of(call("GET", "/metrics", {{"Authorization", "Basic YTpi"}}), 401),
            "wrong user name or password");
}

}  // namespace
}  // namespace packetdrop
