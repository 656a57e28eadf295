// SPDX-License-Identifier: Apache-2.0
// A head is understood to its last byte, or it is refused: what a proxy in front could understand
// differently is refused above all.
#include "http/request_head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace packetdrop {
namespace {

using State = HeadPosition::State;

// Of a request that is complete, 0; else the status that it is refused with.
int status_of(const std::string& text) {
  const HeadPosition position = find_head(text);
  if (position.state == State::kMalformed) return 400;
  EXPECT_EQ(position.state, State::kComplete) << text;
  if (position.state != State::kComplete) return -1;
  const auto parsed = parse_head(text.substr(position.begin, position.end - position.begin));
  const auto* error = std::get_if<HeadError>(&parsed);
  return error == nullptr ? 0 : error->status;
}

// Valid until the next call.
RequestHead head_of(std::string text) {
  static std::string kept;
  kept = std::move(text);
  const auto parsed = parse_head(kept);
  if (const auto* error = std::get_if<HeadError>(&parsed)) {
    ADD_FAILURE() << kept << error->message;
    return {};
  }
  return std::get<RequestHead>(parsed);
}

std::string with(const std::string& lines) {
  return "POST /metrics HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n";
}

TEST(RequestHead, a_line_that_is_no_header_is_refused_and_never_the_end_of_the_head) {
  const std::string after = "Content-Length: 3\r\n";
  for (const std::string& line : std::vector<std::string>{" Content-Length: 3",
                                                          "\tfolded",
                                                          " ",
                                                          "\t",
                                                          ":",
                                                          ": value",
                                                          "no colon here",
                                                          "\x80X: 1",
                                                          "X\xff: 1",
                                                          "Na me: 1",
                                                          "Name : 1",
                                                          "Content-Length : 3",
                                                          "Transfer-Encoding\t: chunked",
                                                          "X@Y: 1",
                                                          "X(Y): 1",
                                                          "\"X\": 1",
                                                          "X\x7f: 1",
                                                          std::string("X\0: 1", 5),
                                                          std::string("X: 1\0", 5),
                                                          "X: a\rb",
                                                          "X: a\nContent-Length: 3",
                                                          "X: \x01",
                                                          "X: a\x0b"}) {
    EXPECT_EQ(status_of(with(line + "\r\n" + after)), 400) << line;
    EXPECT_EQ(status_of(with(after + line + "\r\n")), 400) << line;
  }
}

TEST(RequestHead, a_line_ends_in_cr_lf_and_in_nothing_else) {
  for (const std::string text :
       {"GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\n", "GET / HTTP/1.1\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\rHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n",
        "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "\r\rGET / HTTP/1.1\r\nHost: a\r\n\r\n"})
    EXPECT_EQ(find_head(text).state, State::kMalformed) << text;
}

TEST(RequestHead, a_request_line_has_three_words_with_one_space_between) {
  for (const std::string line :
       {"GET", "GET /", "GET / ", " GET / HTTP/1.1", "GET  / HTTP/1.1", "GET /  HTTP/1.1",
        "GET / HTTP/1.1 ", "GET / a HTTP/1.1", "GET\t/\tHTTP/1.1", "G@T / HTTP/1.1",
        "GE\xc3\xa4 / HTTP/1.1", "GET / http/1.1", "GET / HTTP/1", "GET / HTTP/1.1.1",
        "GET / HTTP/11", "GET / SPDY/3", "GET / HTTP/x.1", "GET  HTTP/1.1"})
    EXPECT_EQ(status_of(line + "\r\nHost: a\r\n\r\n"), 400) << line;
  for (const std::string version : {"HTTP/0.9", "HTTP/2.0", "HTTP/2.1", "HTTP/9.9"})
    EXPECT_EQ(status_of("GET / " + version + "\r\nHost: a\r\n\r\n"), 505) << version;
}

// RFC 9110, 2.5.
TEST(RequestHead, a_later_minor_version_is_understood_as_1) {
  for (const std::string version : {"HTTP/1.2", "HTTP/1.9"}) {
    const std::string line = "GET / " + version + "\r\n";
    const std::string text = line + "Host: a\r\n\r\n";
    const auto parsed = parse_head(text);
    ASSERT_TRUE(std::holds_alternative<RequestHead>(parsed)) << version;
    EXPECT_EQ(std::get<RequestHead>(parsed).minor_version, 1);
    EXPECT_TRUE(std::get<RequestHead>(parsed).wants_keep_alive());
    EXPECT_EQ(status_of(line + "\r\n"), 400) << "no Host in " << version;
  }
}

TEST(RequestHead, a_target_is_a_path_a_url_or_an_asterisk_of_options) {
  for (const std::string target :
       {"metrics", "*", "?", "a:80", "ftp://a/", "http:///metrics", "http://", "http://u@a/",
        "http://a b/", "//", "http://[::1/", "http://a:b/", "http://[]/", "http://%zz/", "/\x80",
        "/\xc3\xa4", "/\x7f"}) {
    const int expected = target == "//" ? 0 : 400;  // a path that begins twice is one
    EXPECT_EQ(status_of("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), expected) << target;
  }
  const RequestHead path = head_of("GET /a%20b?c=d?e HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(path.path, "/a%20b");
  EXPECT_EQ(path.query, "c=d?e");
  EXPECT_FALSE(path.absolute_target);
  for (const std::string url : {"http://b/metrics?x", "HTTP://b:81/metrics?x",
                                "https://[::1]:9/metrics?x", "http://192.0.2.1/metrics?x"}) {
    const RequestHead absolute = head_of("GET " + url + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(absolute.absolute_target) << url;
    EXPECT_EQ(absolute.path, "/metrics") << url;
    EXPECT_EQ(absolute.query, "x") << url;
  }
  EXPECT_EQ(head_of("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
  EXPECT_EQ(head_of("GET http://b?x HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
  EXPECT_EQ(head_of("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n").path, "*");
}

TEST(RequestHead, host_is_there_once_and_is_a_host) {
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of("GET / HTTP/1.0\r\n\r\n"), 0);
  for (const std::string host : {"a b",         "a/",
                                 "a/path",      "u@a",
                                 "a:b",         "a:80:80",
                                 "a?",          "a#",
                                 "[::1",        "[::1]80",
                                 "::1",         "http://a",
                                 "a,b c",       "\xc3\xa4",
                                 "a\\b",        "[a b]",
                                 "[]",          "[]:80",
                                 "[1]",         "[::1::]",
                                 "[192.0.2.1]", "[fe80::1%25eth0]",
                                 "%zz",         "%",
                                 "a%4",         "a%4g.b:80",
                                 "%%41"})
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), 400) << host;
  for (const std::string host : {"a", "a:80", "A.example.", "192.0.2.1:1", "[::1]", "[::1]:80",
                                 "my_host-1", "[::ffff:192.0.2.1]:80", "a:", "", "%41%7e.b:80"})
    EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), 0) << host;
}

TEST(RequestHead, the_end_of_a_body_has_one_meaning) {
  for (const std::string length :
       {"-1", "+1", "0x1", "1 1", "1,1", "1, 1", "", "1a", "\xb2", "1.0"})
    EXPECT_EQ(status_of(with("Content-Length: " + length + "\r\n")), 400) << length;
  EXPECT_EQ(status_of(with("Content-Length: 1\r\nContent-Length: 1\r\n")), 400);
  EXPECT_EQ(status_of(with("Content-Length: 0\r\ncontent-length: 5\r\n")), 400);
  EXPECT_EQ(status_of(with("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n")), 400);
  EXPECT_EQ(status_of(with("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n")), 400);
  for (const std::string coding :
       {"identity", "cow", "gzip, chunked", "chunked, chunked", "xchunked", "chunked;a=b", ""})
    EXPECT_EQ(status_of(with("Transfer-Encoding: " + coding + "\r\n")), 501) << coding;
  EXPECT_EQ(status_of(with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 501);
  EXPECT_EQ(status_of("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(status_of(with("Content-Length: 123456789012345678901234567890\r\n")), 0);
}

TEST(RequestHead, only_a_length_above_zero_is_a_body) {
  const auto has_body = [](const std::string& length) {
    const RequestHead head = head_of(with("Content-Length: " + length + "\r\n"));
    return Request{.headers = head.headers()}.has_body();
  };
  for (const char* length : {"0", "00", "000000000000000000000000"})
    EXPECT_FALSE(has_body(length)) << length;
  for (const char* length : {"1", "01", "10", "123456789012345678901234567890"})
    EXPECT_TRUE(has_body(length)) << length;
}

TEST(RequestHead, as_many_header_lines_as_promised_are_seen_and_one_more_is_refused) {
  std::string lines;
  for (std::size_t i = 1; i + 1 < kMaxHeaderLines; i++) lines += "X: 1\r\n";
  const RequestHead head = head_of(with(lines + "Content-Length: 7\r\n"));
  EXPECT_EQ(head.headers().size(), kMaxHeaderLines);
  EXPECT_TRUE(Request{.headers = head.headers()}.has_body());
  EXPECT_EQ(status_of(with(lines + "X: 1\r\nContent-Length: 7\r\n")), 431);
}

TEST(RequestHead, values_are_taken_without_the_space_around_them) {
  const RequestHead head = head_of(with("A:1\r\nB: \t2 3\t \r\nC:\r\nD: \xc3\xa4\r\n"));
  const Request request{.headers = head.headers()};
  EXPECT_EQ(request.header("a"), "1");
  EXPECT_EQ(request.header("b"), "2 3");
  EXPECT_EQ(request.header("c"), "");
  EXPECT_EQ(request.header("d"), "\xc3\xa4");
}

TEST(RequestHead, empty_lines_before_a_request_are_no_part_of_it) {
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const std::string before : {"", "\r\n", "\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n"}) {
    const HeadPosition found = find_head(before + request + "GET");
    EXPECT_EQ(found.state, State::kComplete);
    EXPECT_EQ(found.begin, before.size());
    EXPECT_EQ(found.end, before.size() + request.size());
    EXPECT_EQ(find_head(before).state, State::kIncomplete);
  }
  std::string many;
  for (std::size_t i = 0; i <= kMaxEmptyLines; i++) many += "\r\n";
  EXPECT_EQ(find_head(many + request).state, State::kMalformed);
}

TEST(RequestHead, a_head_that_is_not_all_there_is_incomplete) {
  const std::string request = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t size = 0; size < request.size(); size++)
    EXPECT_EQ(find_head(request.substr(0, size)).state, State::kIncomplete) << size;
}

TEST(RequestHead, a_connection_is_kept_where_both_sides_would) {
  const auto kept = [](const std::string& version, const std::string& lines) {
    return head_of("GET / HTTP/" + version + "\r\nHost: a\r\n" + lines + "\r\n").wants_keep_alive();
  };
  EXPECT_TRUE(kept("1.1", ""));
  EXPECT_TRUE(kept("1.1", "Connection: Keep-Alive\r\n"));
  EXPECT_TRUE(kept("1.1", "Connection: TE\r\n"));
  EXPECT_TRUE(kept("1.0", "Connection: x , keep-alive\r\n"));
  EXPECT_FALSE(kept("1.0", ""));
  for (const std::string value : {"close", "Close", "keep-alive, close", "close,keep-alive",
                                  "x\t,\tclose", ",close,", "keep-alive\r\nConnection: close"})
    EXPECT_FALSE(kept("1.1", "Connection: " + value + "\r\n")) << value;
}

TEST(RequestHead, what_asks_by_head_is_known_even_where_the_rest_is_malformed) {
  EXPECT_TRUE(is_head_request("HEAD / HTTP/1.1\r\n: x\r\n\r\n"));
  EXPECT_TRUE(is_head_request("\r\nHEAD "));
  EXPECT_FALSE(is_head_request("HEADER / HTTP/1.1\r\n\r\n"));
  EXPECT_FALSE(is_head_request("GET /HEAD HTTP/1.1\r\n\r\n"));
  EXPECT_FALSE(is_head_request("\r\n"));
}

}  // namespace
}  // namespace packetdrop
