// SPDX-License-Identifier: Apache-2.0
// Paths, methods and callers: who is let in where, on which address.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "http_fixture.h"

namespace packetdrop {
namespace {

using HttpServer = HttpFixture;

constexpr std::string_view kReadable[] = {"/", "/metrics", "/api/v1/status", "/-/healthy",
                                          "/-/ready"};
constexpr std::string_view kWritable[] = {"/activate", "/deactivate"};

bool has_cors_header(const HttpResponse& response) {
  return std::any_of(response.headers.begin(), response.headers.end(),
                     [](const auto& header) { return header.first.starts_with("Access-Control"); });
}

TEST_F(HttpServer, head_answers_as_get_without_the_body) {
  for (const std::string_view path : kReadable) {
    HttpClient client = connect();
    const auto head = client.request("HEAD", path);
    ASSERT_TRUE(head) << path;
    EXPECT_EQ(head->status, 200) << path;
    EXPECT_NE(head->header("Content-Length").value_or("0"), "0") << path;
    // A body would be read as the start of this response.
    const auto get = client.get(path);
    ASSERT_TRUE(get) << path << ": " << get.error().message;
    EXPECT_EQ(get->status, 200) << path;
    EXPECT_EQ(get->header("Content-Type"), head->header("Content-Type"));
  }
}

TEST_F(HttpServer, wrong_method_is_405_with_allow) {
  for (const std::string_view path : kReadable)
    for (const std::string_view method :
         {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "FOO", "get", "TRACE"}) {
      const HttpResponse response = call(method, path);
      error_of(response, 405);
      EXPECT_EQ(response.header("Allow"), "GET, HEAD") << method << " " << path;
    }
  for (const std::string_view path : kWritable)
    for (const std::string_view method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW"}) {
      const auto response = http_request(address(), method, path);
      ASSERT_TRUE(response) << response.error().message;
      EXPECT_EQ(response->status, 405) << method << " " << path;
      EXPECT_EQ(response->header("Allow"), "POST") << method << " " << path;
    }
  EXPECT_EQ(bpf->activate_calls(), 0);
}

TEST_F(HttpServer, only_the_exact_raw_path_matches) {
  for (const std::string_view path :
       {"/%6detrics",      "//metrics",         "/metrics/",
        "/Metrics",        "/metrics%00",       "/./metrics",
        "/x/../metrics",   "/metrics;x",        "/metrics%3f",
        "/api/v1/status/", "/api/v1",           "/favicon.ico",
        "/etc/passwd",     "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
        "/index.html",     "/.htpasswd",        "/-/",
        "/-/ready/",       "/foo%0d%0aX:%20y"})
    error_of(call("GET", path), 404);
  for (const std::string_view path : {"/%61ctivate", "/activate/", "//activate", "/x/../activate"})
    error_of(call("POST", path), 404);
  EXPECT_EQ(bpf->activate_calls(), 0);
  EXPECT_EQ(call("GET", "/metrics?unused=1").status, 200);
}

TEST_F(HttpServer, head_that_fails_has_no_body_either) {
  for (const std::string_view path : {"/nowhere", "/activate"}) {
    HttpClient client = connect();
    EXPECT_GE(client.request("HEAD", path)->status, 400);
    EXPECT_EQ(client.get("/-/healthy")->status, 200) << "a body was read as this response";
  }
  HttpClient malformed = connect();
  ASSERT_TRUE(malformed.send("HEAD / HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(malformed.receive(false)->status, 400);
  EXPECT_EQ(malformed.rest(), "");
}

TEST_F(HttpServer, every_form_of_a_target_is_answered) {
  EXPECT_EQ(call("OPTIONS", "*").header("Allow"), "GET, HEAD, POST");
  for (const std::string& authority :
       {address(), std::string("localhost:1"), std::string("a.example")})
    EXPECT_EQ(call("GET", "http://" + authority + "/-/healthy").status, 200) << authority;
  error_of(call("GET", "*"), 400);
  error_of(call("CONNECT", "localhost:80"), 400);
}

TEST_F(HttpServer, cors_preflight_gets_no_cors_header) {
  for (const std::string_view path : {"/activate", "/metrics", "/nowhere"}) {
    const HttpResponse response = call("OPTIONS", path,
                                       {{"Origin", "http://evil.example"},
                                        {"Access-Control-Request-Method", "POST"},
                                        {"Access-Control-Request-Headers", "X-Any"}});
    error_of(response, path == "/nowhere" ? 404 : 405);
    EXPECT_FALSE(has_cors_header(response)) << path;
  }
  EXPECT_FALSE(has_cors_header(call("GET", "/metrics", {{"Origin", "http://evil.example"}})));
}

TEST_F(HttpServer, post_of_a_foreign_page_or_name_is_forbidden) {
  const HttpHeaders cases[] = {
      {{"Host", "evil.example"}},
      {{"Host", "evil.example:10942"}},
      {{"Origin", "http://evil.example"}},
      {{"Origin", "null"}},
      {{"Sec-Fetch-Site", "cross-site"}},
      {{"X-Forwarded-For", "10.0.0.1"}},
      {{"x-forwarded-host", "localhost"}},
      {{"Forwarded", "for=10.0.0.1"}},
      {{"X-Real-IP", "127.0.0.1"}},
      {{"Via", "1.1 proxy"}},
      {{"X-Forwarded-Prefix", "/x"}},
      {{"x-forwarded-ssl", "on"}},
      {{"Sec-Fetch-Site", "same-origin"}, {"Sec-Fetch-Site", "cross-site"}},
  };
  for (const HttpHeaders& headers : cases) {
    error_of(call("POST", "/activate", headers), 403);
    EXPECT_EQ(call("GET", "/metrics", {headers.back()}).status, 200);
  }
  HttpClient nameless = connect();
  ASSERT_TRUE(nameless.send("POST /activate HTTP/1.0\r\n\r\n"));
  error_of(*nameless.receive(), 403);
  HttpClient proxied = connect();
  ASSERT_TRUE(
      proxied.send("POST http://" + address() + "/activate HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  error_of(*proxied.receive(), 403);
  EXPECT_EQ(bpf->activate_calls(), 0);
}

TEST_F(HttpServer, post_of_the_own_page_is_allowed) {
  EXPECT_EQ(call("POST", "/activate", {{"Origin", "http://" + address()}}).status, 200);
  EXPECT_EQ(call("POST", "/deactivate", {{"Host", "localhost:1"}}).status, 200);
}

TEST_F(HttpServer, a_peer_that_is_not_loopback_may_read_only) {
  start({.listen_addresses = {":0"}});
  // Any address of this machine but loopback: the route to a documentation address has one.
  UniqueFd fd(::socket(AF_INET, SOCK_DGRAM, 0));
  sockaddr_in out{.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {}, .sin_zero = {}};
  inet_pton(AF_INET, "192.0.2.1", &out.sin_addr);
  socklen_t size = sizeof(out);
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&out), size) != 0)
    GTEST_SKIP() << "this machine has loopback addresses only";
  ::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&out), &size);
  char own[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &out.sin_addr, own, sizeof(own));

  const std::string outside = own + address();
  EXPECT_EQ(http_request(outside, "GET", "/metrics")->status, 200);
  error_of(*http_request(outside, "POST", "/activate"), 403);
  error_of(*http_request(outside, "POST", "/activate", {{"Host", "localhost"}}), 403);
  EXPECT_EQ(bpf->activate_calls(), 0);
  EXPECT_EQ(call("POST", "/activate").status, 200);
}

TEST_F(HttpServer, listens_on_every_address_and_tells_the_real_ports) {
  start({.listen_addresses = {"127.0.0.1:0", "[::1]:0", "localhost:0"}});
  ASSERT_EQ(server->addresses().size(), 3u);
  EXPECT_TRUE(address(0).starts_with("127.0.0.1:"));
  EXPECT_TRUE(address(1).starts_with("[::1]:"));
  for (std::size_t i = 0; i < 3; i++) {
    const auto response = http_request(address(i), "GET", "/-/healthy");
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(http_request(address(i), "POST", "/activate")->status, 200) << address(i);
  }
}

TEST_F(HttpServer, listens_on_unix_sockets_and_addresses_in_any_order) {
  const std::string folder = testing::TempDir() + "packetdrop." + std::to_string(::getpid());
  ASSERT_EQ(::mkdir(folder.c_str(), 0700), 0);
  const std::vector<std::string> sockets = {"unix:" + folder + "/a", "unix:" + folder + "/b:1,2s"};
  const mode_t umask = ::umask(0);
  start({.listen_addresses = {sockets[0], "127.0.0.1:0", sockets[1], "[::1]:0"}});
  ::umask(umask);
  EXPECT_EQ(address(0), sockets[0]);
  EXPECT_EQ(address(2), sockets[1]);
  for (const std::size_t tcp : {1u, 3u})
    EXPECT_EQ(http_request(address(tcp), "GET", "/-/healthy")->status, 200) << address(tcp);
  for (const std::string& socket : sockets) {
    const std::string path = socket.substr(std::strlen("unix:"));
    struct stat found {};
    ASSERT_EQ(::stat(path.c_str(), &found), 0) << path;
    EXPECT_EQ(found.st_mode & 07777, 0660u) << path;
  }
  server.reset();
  EXPECT_EQ(::rmdir(folder.c_str()), 0) << "the sockets are left there";
}

TEST_F(HttpServer, a_socket_that_took_the_place_of_its_own_stays_there) {
  const std::string path = testing::TempDir() + "packetdrop." + std::to_string(::getpid());
  start({.listen_addresses = {"unix:" + path}});
  ASSERT_EQ(::unlink(path.c_str()), 0);
  const UniqueFd other(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un name{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  ASSERT_EQ(::bind(other.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
  server.reset();
  EXPECT_EQ(::unlink(path.c_str()), 0);
}

TEST_F(HttpServer, a_name_that_does_not_resolve_is_told_as_that) {
  const auto started =
      Service::start({.listen_addresses = {"no-such-host.invalid:80"}}, *controller, {});
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message.find("no-such-host.invalid does not resolve: "),
            std::string::npos)
      << started.error().message;
}

TEST_F(HttpServer, a_bare_port_serves_ipv4_and_ipv6) {
  start({.listen_addresses = {":0"}});
  EXPECT_TRUE(address().starts_with(":"));
  for (const std::string host : {"127.0.0.1", "[::1]"}) {
    // Over IPv4 the peer is ::ffff:127.0.0.1.
    const auto response = http_request(host + address(), "POST", "/activate");
    ASSERT_TRUE(response) << host << ": " << response.error().message;
    EXPECT_EQ(response->status, 200) << host;
  }
}

TEST_F(HttpServer, an_address_in_use_is_an_error_that_names_it) {
  const auto second = Service::start({.listen_addresses = {address()}}, *controller, {});
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().message.ends_with("cannot listen on " + address() +
                                               ": Address already in use"))
      << second.error().message;
  const auto third =
      Service::start({.listen_addresses = {"127.0.0.1:0", address()}}, *controller, {});
  ASSERT_FALSE(third);
  EXPECT_NE(third.error().message.find("cannot bind to " + address()), std::string::npos)
      << third.error().message;
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
}

TEST_F(HttpServer, a_wrong_address_is_an_error_that_names_it) {
  for (const std::string wrong :
       {"", "10942", "127.0.0.1", "127.0.0.1:", ":x", ":65536", ":-1", "::1:80", "[::1]",
        "[127.0.0.1]:80", "127.0.0.1:80,:81", ":80s", "no-such-host.invalid:80", "1.2.3.4.5:80"}) {
    const auto started = Service::start({.listen_addresses = {wrong}}, *controller, {});
    ASSERT_FALSE(started) << wrong;
    EXPECT_NE(started.error().message.find("'" + wrong + "'"), std::string::npos) << wrong;
  }
  EXPECT_FALSE(Service::start({.listen_addresses = {}}, *controller, {}));
  EXPECT_FALSE(
      Service::start({.listen_addresses = {":0"}, .telemetry_path = "metrics"}, *controller, {}));
}

TEST_F(HttpServer, a_start_that_fails_names_the_flag_that_caused_it) {
  const auto in_use = Service::start({.listen_addresses = {address()}}, *controller, {});
  EXPECT_TRUE(in_use.error().message.starts_with("--web.listen-address: "))
      << in_use.error().message;
  const auto no_file = Service::start(
      {.listen_addresses = {"127.0.0.1:0"}, .web_config_file = "/no/file"}, *controller, {});
  EXPECT_EQ(no_file.error().message, "--web.config.file=/no/file: No such file or directory");
}

}  // namespace
}  // namespace packetdrop
