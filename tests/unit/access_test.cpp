// SPDX-License-Identifier: Apache-2.0
// Only a person on this machine may change something; everybody may read.
#include <gtest/gtest.h>

#include <array>

#include "access/control_policy.h"

namespace packetdrop {
namespace {

Caller local_post() {
  return {.method = "POST", .peer = "127.0.0.1", .host = "localhost:10942", .uid = [] {
            return Result<uid_t>(uid_t{0});
          }};
}

constexpr std::array<uid_t, 1> kRoot = {0};

bool allowed(const Caller& caller) { return !control_refusal(caller, kRoot); }

TEST(Access, reading_is_open_to_everybody) {
  for (const std::string_view method : {"GET", "HEAD"})
    EXPECT_TRUE(allowed({.method = method,
                         .peer = "192.0.2.1",
                         .host = "evil.example",
                         .origin = "http://evil.example",
                         .forwarded = true}));
}

TEST(Access, post_is_for_loopback_peers) {
  Caller caller = local_post();
  for (const std::string_view peer :
       {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::ffff:127.1.2.3"}) {
    caller.peer = peer;
    EXPECT_TRUE(allowed(caller)) << peer;
  }
  for (const std::string_view peer :
       {"192.0.2.1", "128.0.0.1", "0.0.0.0", "::", "::2", "::ffff:10.0.0.1", "::127.0.0.1",
        "fe80::1%eth0", "fd00::1", "localhost", "127.1", ""}) {
    caller.peer = peer;
    EXPECT_FALSE(allowed(caller)) << peer;
  }
}

TEST(Access, host_is_an_address_or_localhost) {
  Caller caller = local_post();
  for (const std::string_view host : {"localhost", "LocalHost:1", "127.0.0.1", "127.0.0.1:10942",
                                      "10.1.2.3:80", "[::1]", "[::1]:10942", "[2001:db8::1]:1"}) {
    caller.host = host;
    EXPECT_TRUE(allowed(caller)) << host;
  }
  for (const std::string_view host : {"",
                                      "evil.example",
                                      "evil.example:10942",
                                      "localhost.evil.example",
                                      "localhost:",
                                      ":80",
                                      "127.0.0.1.evil.example",
                                      "127.0.0.1:80:80",
                                      "127.0.0.1:x",
                                      "::1",
                                      "[::1",
                                      "[::1]x",
                                      "[::1]:",
                                      "[localhost]",
                                      "[127.0.0.1]",
                                      "localhost:123456",
                                      "user@localhost",
                                      "127.1",
                                      "0x7f000001",
                                      "localhost/",
                                      "localhost "}) {
    caller.host = host;
    EXPECT_FALSE(allowed(caller)) << host;
  }
  caller.host.reset();
  EXPECT_FALSE(allowed(caller));
}

TEST(Access, origin_matches_the_host) {
  Caller caller = local_post();
  for (const std::string_view origin :
       {"http://localhost:10942", "https://localhost:10942", "http://LOCALHOST:10942"}) {
    caller.origin = origin;
    EXPECT_TRUE(allowed(caller)) << origin;
  }
  for (const std::string_view origin :
       {"", "null", "http://localhost", "http://localhost:1", "http://127.0.0.1:10942",
        "http://evil.example", "http://localhost:10942.evil.example", "file://localhost:10942",
        "localhost:10942", "http://localhost:10942/", "http://evil.example/localhost:10942"}) {
    caller.origin = origin;
    EXPECT_FALSE(allowed(caller)) << origin;
  }
}

// Which a page cannot leave out or change; browsers send it without Origin, too.
TEST(Access, a_page_elsewhere_may_not_by_its_fetch_metadata) {
  for (const bool authenticated : {false, true})
    for (const bool is_unix : {false, true}) {
      Caller caller = local_post();
      caller.authenticated = authenticated;
      caller.is_unix = is_unix;
      for (const std::string_view site : {"same-origin", "none"}) {
        caller.fetch_site = site;
        EXPECT_TRUE(allowed(caller)) << site;
      }
      for (const std::string_view site : {"cross-site", "same-site", "", "Same-Origin", "x"}) {
        caller.fetch_site = site;
        EXPECT_FALSE(allowed(caller)) << site;
      }
    }
}

TEST(Access, a_forwarded_request_is_not_local) {
  Caller caller = local_post();
  caller.forwarded = true;
  EXPECT_FALSE(allowed(caller));
}

}  // namespace
}  // namespace packetdrop
