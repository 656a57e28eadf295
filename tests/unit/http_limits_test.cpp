// SPDX-License-Identifier: Apache-2.0
// Clients that send too much, too little or nonsense cost themselves, and nobody else.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "http_fixture.h"

namespace packetdrop {
namespace {

using namespace std::chrono_literals;
using HttpLimits = HttpFixture;

// How often they have gone to sleep.
long switches_of_other_threads() {
  long sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(::gettid())) continue;
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;)
      if (long count = 0; word == "voluntary_ctxt_switches:" && status >> count) sum += count;
  }
  return sum;
}

TEST_F(HttpLimits, connections_are_kept_alive) {
  HttpClient client = connect();
  for (int i = 0; i < 100; i++) {
    const auto response = client.get("/-/healthy");
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->header("Connection"), "keep-alive");
  }
  EXPECT_EQ(client.get("/-/healthy", {{"Connection", "close"}})->header("Connection"), "close");
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST_F(HttpLimits, pipelined_requests_are_answered_in_order) {
  HttpClient client = connect();
  ASSERT_TRUE(
      client.send("GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n"
                  "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
                  "GET /-/ready HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_EQ(client.receive()->status, 200);
  error_of(*client.receive(), 404);
  EXPECT_EQ(client.receive()->status, 200);
}

TEST_F(HttpLimits, pipelined_garbage_ends_the_connection) {
  HttpClient client = connect();
  ASSERT_TRUE(client.send("GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n\x01\x02garbage\r\n\r\n"));
  EXPECT_EQ(client.receive()->status, 200);
  const auto second = client.receive();
  if (second) error_of(*second, 400);
  EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
}

// Each of these heads is read differently by somebody: what follows must not become a request.
TEST_F(HttpLimits, nothing_is_read_as_a_request_after_one_that_was_not_understood) {
  const std::string inner = "POST /activate HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string length = "Content-Length: " + std::to_string(inner.size()) + "\r\n";
  std::string many;
  for (int i = 0; i < 63; i++) many += "X: 1\r\n";
  for (const std::string& lines : std::vector<std::string>{
           many + length, " folded\r\n" + length, ": nameless\r\n" + length,
           "\x80X: 1\r\n" + length, "X : 1\r\n" + length, "Transfer-Encoding : chunked\r\n",
           "Host: b\r\n", "Content-Length: 0\r\n" + length, "X: 1\n", "no colon\r\n",
           length + "Transfer-Encoding: chunked\r\n", "X: \x01\r\n", many + many})
    for (const std::string_view method : {"GET", "HEAD", "POST", "BREW"}) {
      HttpClient client = connect();
      ASSERT_TRUE(client.send(std::string(method) + " /metrics HTTP/1.1\r\nHost: a\r\n" + lines +
                              "\r\n" + inner + inner));
      const auto response = client.receive(method != "HEAD");
      ASSERT_TRUE(response) << lines << response.error().message;
      EXPECT_THAT(response->status, testing::AnyOf(400, 431)) << lines;
      EXPECT_EQ(response->header("Connection"), "close") << lines;
      EXPECT_EQ(client.rest(), "") << lines;
    }
  EXPECT_EQ(bpf->activate_calls(), 0);
}

TEST_F(HttpLimits, empty_lines_before_a_request_are_answered_by_nothing) {
  HttpClient client = connect();
  for (int i = 0; i < 3; i++) {
    ASSERT_TRUE(client.send("\r\n\r\nGET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n\r\n"));
    EXPECT_EQ(client.receive()->status, 200);
  }
  ASSERT_TRUE(client.send(
      "\r\nGET /-/healthy HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, close\r\n\r\n"));
  EXPECT_EQ(client.receive()->header("Connection"), "close");
  EXPECT_EQ(client.rest(), "");
}

TEST_F(HttpLimits, a_later_request_that_is_too_long_is_refused_as_the_first_is) {
  for (const std::string_view start : {"GET /", "GET / HTTP/1.1\r\nX: ", "BREW /", "/"}) {
    HttpClient client = connect();
    EXPECT_EQ(client.get("/-/healthy?" + std::string(4000, 'q'))->status, 200);
    ASSERT_TRUE(client.send(std::string(start) + std::string(20'000, 'a')));
    error_of(*client.receive(), start.find('\n') == start.npos ? 414 : 431);
    EXPECT_EQ(client.rest(), "");
  }
}

TEST_F(HttpLimits, garbage_is_answered_or_closed) {
  const std::string cases[] = {
      "\r\n\r\n\r\n\r\n",
      std::string("\0\0\0\0\r\n\r\n", 8),
      "GET\r\n\r\n",
      "GET /metrics\r\n\r\n",
      "GET /metrics SPDY/3\r\n\r\n",
      "GET /metrics HTTP/9.9\r\n\r\n",
      "GET  /metrics HTTP/1.1\r\n\r\n\r\n",
      "GET metrics HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
      "CONNECT localhost:80 HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET /metrics HTTP/1.1\r\nno colon here\r\n\r\n",
      "GET /metrics HTTP/1.1\r\n: empty\r\nHost: a\r\n\r\n",
      "POST /activate HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
      "POST /activate HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n",
      "POST /activate HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: cow\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
  };
  for (const std::string& bytes : cases) {
    HttpClient client = connect(500ms);
    ASSERT_TRUE(client.send(bytes));
    const auto response = client.receive();
    if (response && response->status != 200) {
      EXPECT_GE(response->status, 400) << bytes;
      EXPECT_NE(error_of(*response, response->status), "") << bytes;
    }
    EXPECT_EQ(call("GET", "/-/healthy").status, 200) << bytes;
  }
  EXPECT_EQ(bpf->activate_calls(), 0);
}

TEST_F(HttpLimits, over_long_urls_and_headers_are_refused) {
  const std::string huge(20'000, 'a');
  EXPECT_NE(error_of(call("GET", "/" + huge), 414).find("8192 bytes"), std::string::npos);
  EXPECT_NE(error_of(call("GET", "/metrics", {{"X-Long", huge}}), 431).find("8192 bytes"),
            std::string::npos);
  HttpHeaders many;
  for (int i = 0; i < 100; i++) many.emplace_back("X-" + std::to_string(i), "1");
  error_of(call("GET", "/metrics", many), 431);
  many.emplace_back("X-Forwarded-For", "10.0.0.1");
  error_of(call("POST", "/activate", many), 431);
  EXPECT_EQ(call("GET", "/metrics", {{"X-Long", huge.substr(0, 4000)}}).status, 200);
  EXPECT_EQ(bpf->activate_calls(), 0);
}

TEST_F(HttpLimits, a_body_where_none_belongs_is_refused_and_never_read_as_a_request) {
  const std::string inner = "POST /activate HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const std::string_view path : {"/activate", "/deactivate"}) {
    HttpClient client = connect();
    error_of(*client.request("POST", path, {}, inner), 413);
    EXPECT_TRUE(client.is_closed_by_server());
  }
  error_of(call("GET", "/metrics", {}, inner), 413);
  HttpClient chunked = connect();
  ASSERT_TRUE(
      chunked.send("POST /activate HTTP/1.1\r\nHost: localhost\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"));
  error_of(*chunked.receive(), 413);
  EXPECT_TRUE(chunked.is_closed_by_server());
  HttpClient endless = connect();
  ASSERT_TRUE(
      endless.send("POST /activate HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Length: 1000000000000\r\n\r\n"));
  error_of(*endless.receive(), 413);
  EXPECT_TRUE(endless.is_closed_by_server());
  EXPECT_EQ(bpf->activate_calls(), 0);
  EXPECT_EQ(call("POST", "/activate", {{"Content-Length", "0"}}).status, 200);
}

// CVE-2025-55763 wrote a directory's long path into a buffer for its redirect; there are no
// directories here.
TEST_F(HttpLimits, long_paths_of_directories_are_no_paths) {
  for (const std::size_t size : {200u, 1000u, 4000u, 8000u}) {
    const std::string deep = "/" + std::string(size, 'd');
    for (const std::string& target :
         {deep, deep + "?" + std::string(50, 'q'), "/-/healthy/.." + deep, "/%2e%2e" + deep})
      EXPECT_THAT(call("GET", target).status, testing::AnyOf(400, 404)) << target.substr(0, 40);
  }
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
}

// CVE-2025-9648 looped for ever over a form whose boundary or parts hold a NUL.
TEST_F(HttpLimits, forms_with_a_nul_are_refused_unread) {
  const std::string nul(1, '\0');
  for (const std::string_view path : {"/", "/metrics", "/activate", "/nowhere"})
    for (const std::string& boundary : {std::string("x"), std::string("\"x\""), std::string()}) {
      const std::string body = "--x\r\nContent-Disposition: form-data; name=\"a" + nul +
                               "\"\r\n\r\n" + nul + "\r\n--x" + nul + "--\r\n";
      const HttpResponse answer =
          call("POST", path, {{"Content-Type", "multipart/form-data; boundary=" + boundary}}, body);
      EXPECT_THAT(answer.status, testing::AnyOf(404, 405, 413)) << path;
    }
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
  EXPECT_EQ(bpf->activate_calls(), 0);
}

TEST_F(HttpLimits, half_a_request_does_not_hold_up_the_next_client) {
  std::vector<HttpClient> halves;
  for (int i = 0; i < 10; i++) {
    halves.push_back(connect());
    ASSERT_TRUE(halves.back().send("GET /metrics HT"));
  }
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(call("GET", "/metrics").status, 200);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_F(HttpLimits, slow_clients_of_many_addresses_leave_room_for_whole_requests) {
  std::vector<HttpClient> slow;
  for (int i = 0; i < 80; i++) {
    slow.push_back(connect_from("127.0.1." + std::to_string(i + 1)));
    ASSERT_TRUE(slow.back().send(i % 2 == 0 ? "GET /metrics HT" : "\x16\x03\x01\x02"));
  }
  for (int i = 0; i < 20; i++) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(call("GET", "/-/healthy").status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  }
}

// Each thread that wakes without a cause costs a node battery and caches, for nothing.
TEST_F(HttpLimits, nothing_wakes_while_nobody_asks) {
  std::vector<HttpClient> idle;
  for (int i = 0; i < 3; i++) {
    idle.push_back(connect());
    ASSERT_TRUE(idle.back().get("/-/healthy"));
  }
  std::this_thread::sleep_for(100ms);
  const long before = switches_of_other_threads();
  std::this_thread::sleep_for(800ms);
  EXPECT_LE(switches_of_other_threads() - before, 1);
}

TEST_F(HttpLimits, half_a_request_that_never_ends_is_ended) {
  HttpClient half = connect();
  ASSERT_TRUE(half.send("GET /metrics HTTP/1.1\r\nHost: "));
  const auto response = half.receive();  // the client waits longer than the server
  if (response) error_of(*response, 400);
  EXPECT_TRUE(half.is_closed_by_server());
}

TEST_F(HttpLimits, more_clients_than_workers_are_all_served) {
  std::vector<HttpClient> clients;
  for (int i = 0; i < 100; i++) {
    clients.push_back(connect());
    const auto response = clients.back().get("/metrics");
    ASSERT_TRUE(response) << i << ": " << response.error().message;
    EXPECT_EQ(response->status, 200);
  }
}

TEST_F(HttpLimits, a_crowd_of_one_network_leaves_room_for_others) {
  std::vector<HttpClient> crowd;
  for (int i = 0; i < 300; i++) {
    crowd.push_back(connect_from("127.0.0.2"));
    if (i % 10 == 0) {
      ASSERT_TRUE(crowd.back().send("GET /metrics HT"));
    }
  }
  for (int i = 0; i < 10; i++) {
    HttpClient other = connect_from("127.0.0.3");
    const auto start = std::chrono::steady_clock::now();
    const auto response = other.get("/metrics");
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  }
}

TEST_F(HttpLimits, who_waits_and_has_asked_is_served_before_who_is_silent) {
  std::vector<HttpClient> silent;
  for (int i = 0; i < 200; i++) silent.push_back(connect_from("127.0.0.2"));
  HttpClient waiting = connect_from("127.0.0.2");
  ASSERT_TRUE(waiting.send("GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n"));
  std::this_thread::sleep_for(500ms);  // until all of them are accepted
  silent.erase(silent.begin());
  const auto start = std::chrono::steady_clock::now();
  const auto response = waiting.receive();
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
}

TEST_F(HttpLimits, who_waits_for_too_long_is_told_by_the_end_of_the_connection) {
  std::vector<HttpClient> silent;
  for (int i = 0; i < 60; i++) silent.push_back(connect_from("127.0.0.2"));
  for (HttpClient& client : silent) EXPECT_TRUE(client.is_closed_by_server());
  EXPECT_THAT(call("GET", "/metrics").body,
              testing::ContainsRegex("\npacketdrop_http_connections_refused_total [0-9]"));
}

TEST_F(HttpLimits, clients_that_leave_early_do_no_harm) {
  for (int i = 0; i < 200; i++) {
    HttpClient client = connect();
    ASSERT_TRUE(client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /metr"));
  }
  EXPECT_EQ(call("GET", "/metrics").status, 200);
}

TEST_F(HttpLimits, stopping_does_not_wait_for_idle_clients) {
  HttpClient idle = connect();
  ASSERT_TRUE(idle.get("/-/healthy"));
  const auto start = std::chrono::steady_clock::now();
  server.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

}  // namespace
}  // namespace packetdrop
