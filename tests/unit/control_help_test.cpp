// SPDX-License-Identifier: Apache-2.0
// The curl command on the landing page is one that works, whatever is configured; or there is none.
#include "page/control_help.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <cstring>
#include <regex>

#include "base/file.h"
#include "http_fixture.h"
#include "support/certificates.h"
#include "support/folder.h"

namespace packetdrop {
namespace {

using Addresses = std::vector<std::string>;

std::string curl_of(const Addresses& addresses, ControlSetup setup) {
  setup.listen_addresses = addresses;
  return control_help(setup).curl;
}

TEST(ControlHelp, is_by_loopback_where_that_is_listened_on) {
  for (const char* address : {":80", "0.0.0.0:80", "[::]:80", "localhost:80"})
    EXPECT_EQ(curl_of({"10.0.0.1:70", address}, {.host = "node.example.com"}),
              "sudo curl -X POST http://localhost:80")
        << address;
  EXPECT_EQ(curl_of({"127.0.0.2:80"}, {}), "sudo curl -X POST http://127.0.0.2:80");
  EXPECT_EQ(curl_of({"[::1]:80"}, {}), "sudo curl -X POST http://[::1]:80");
  for (const char* address : {"LocalHost:80", "[::0]:80", "[0:0:0:0:0:0:0:0]:80"})
    EXPECT_EQ(curl_of({address}, {}), "sudo curl -X POST http://localhost:80") << address;
  for (const char* address : {"[0:0:0:0:0:0:0:1]:80", "[0::1]:80", "[::0.0.0.1]:80"})
    EXPECT_EQ(curl_of({address}, {}), "sudo curl -X POST http://[::1]:80") << address;
  for (const char* address : {"[::2]:80", "[fe80::1]:80", "localhost.example:80"})
    EXPECT_EQ(curl_of({address}, {}), "") << address;
  EXPECT_EQ(curl_of({":0"}, {.port = 4711}), "sudo curl -X POST http://localhost:4711");
  EXPECT_EQ(curl_of({":80"}, {.tls = true}), "sudo curl -k -X POST https://localhost:80");
}

TEST(ControlHelp, is_by_the_unix_socket_where_loopback_is_not_listened_on) {
  const std::string by_socket = "sudo curl --unix-socket /run/s -X POST http://localhost";
  EXPECT_EQ(curl_of({"10.0.0.1:80", "unix:/run/s"}, {}), by_socket);
  EXPECT_EQ(curl_of({":80", "unix:/run/s"}, {.reader_is_unix = true}), by_socket);
  EXPECT_EQ(curl_of({":80", "unix:/run/s"}, {.passwords = true, .reader_is_unix = true}),
            by_socket);
  EXPECT_EQ(curl_of({":80", "unix:/run/s"}, {}), "sudo curl -X POST http://localhost:80");
}

TEST(ControlHelp, has_the_path_of_the_socket_as_one_word_of_a_shell) {
  for (const auto& [path, word] : std::vector<std::pair<std::string, std::string>>{
           {"/run/a-b_c.d/s:1", "/run/a-b_c.d/s:1"},
           {"/run/a b", "'/run/a b'"},
           {"/run/$(id)`id`;id|&<>*?~\"\\", "'/run/$(id)`id`;id|&<>*?~\"\\'"},
           {"/run/it's", R"('/run/it'\''s')"},
           {"/run/\xc3\xbc", "'/run/\xc3\xbc'"}})
    EXPECT_EQ(curl_of({"unix:" + path}, {}),
              "sudo curl --unix-socket " + word + " -X POST http://localhost");
}

TEST(ControlHelp, is_from_anywhere_for_who_shows_who_it_is) {
  const ControlSetup users{.tls = true, .passwords = true, .host = "node.example.com:80"};
  EXPECT_EQ(curl_of({"10.0.0.1:80"}, users),
            "curl --cacert CA.pem -u USER -X POST https://node.example.com:80");
  const ControlSetup certificates{
      .tls = true, .verifies_clients = true, .requires_certificate = true, .host = "10.0.0.1:80"};
  EXPECT_EQ(curl_of({"10.0.0.1:80"}, certificates),
            "curl --cacert CA.pem --cert CLIENT.pem --key CLIENT.key -X POST https://10.0.0.1:80");
  EXPECT_EQ(curl_of({":80"}, {.passwords = true, .host = "a;rm${IFS}-r"}),
            "curl -u USER -X POST http://localhost:80");
}

TEST(ControlHelp, is_none_where_nobody_can) {
  const Addresses addresses = {"10.0.0.1:80"};
  const ControlHelp help = control_help({.listen_addresses = addresses, .host = "10.0.0.1:80"});
  EXPECT_EQ(help.curl, "");
  EXPECT_THAT(help.who, testing::HasSubstr("--web.config.file"));
}

TEST(ControlHelp, names_the_users_who_may) {
  const Addresses addresses = {":80"};
  const std::vector<uid_t> uids = {1000, 0};
  EXPECT_EQ(control_help({.listen_addresses = addresses, .control_uids = uids}).who,
            "On this machine, as root or user 1000.");
}

// The page's own commands, run by a shell. Whoever runs the tests may control, so sudo is left out.
class ControlCommand : public HttpFixture {
 protected:
  void SetUp() override {}

  std::string command(const std::string& page, const std::string& path) const {
    std::smatch found;
    if (!std::regex_search(page, found, std::regex("curl [^\n]*/" + path + "\\b"))) return {};
    return found.str();
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  }
  static int run(const std::string& curl) {
    return std::system(replaced(curl, "curl ", "curl --fail -sS -o /dev/null ").c_str());
  }
  void expect_switches(const std::string& page) {
    ASSERT_NE(command(page, "activate"), "") << page;
    EXPECT_EQ(run(command(page, "activate")), 0) << command(page, "activate");
    EXPECT_TRUE(bpf->active());
    EXPECT_EQ(run(command(page, "deactivate")), 0);
    EXPECT_FALSE(bpf->active());
  }

  const Folder folder;
};

TEST_F(ControlCommand, works_over_loopback) {
  start({.listen_addresses = {"127.0.0.1:0"}});
  expect_switches(call("GET", "/").body);
}

TEST_F(ControlCommand, works_over_a_unix_socket) {
  start({.listen_addresses = {"unix:" + folder.path("s")}});
  const std::string fetch =
      "curl -sS --unix-socket " + folder.path("s") + " http://localhost/ >" + folder.path("page");
  ASSERT_EQ(std::system(fetch.c_str()), 0);
  expect_switches(*read_file(folder.path("page"), 1 << 20));
}

TEST_F(ControlCommand, runs_nothing_that_stands_in_the_name_of_a_unix_socket) {
  const std::string path = folder.path("it's $(touch no) `id`;\"&*");
  start({.listen_addresses = {"unix:" + path}});
  const std::string curl = curl_of({"unix:" + path}, {}).substr(std::strlen("sudo "));
  EXPECT_EQ(run(curl + "/activate"), 0) << curl;
  EXPECT_TRUE(bpf->active());
}

TEST_F(ControlCommand, works_with_a_password) {
  folder.write("web.yml",
               "basic_auth_users: {prometheus: "
               "$2b$04$4uyHUJ4cqTSCfpS8kIa1W.T/wPD3aC8eS3WXjLNZQ2PJH218b.1jC}");
  start({.listen_addresses = {"127.0.0.1:0"}, .web_config_file = folder.path("web.yml")});
  const std::string page =
      call("GET", "/", {{"Authorization", "Basic cHJvbWV0aGV1czpwYWNrZXRz"}}).body;
  expect_switches(
      replaced(replaced(page, "USER", "prometheus:packets"), "USER", "prometheus:packets"));
}

TEST_F(ControlCommand, works_over_tls) {
  const Certified server("server");
  folder.write("server.pem", server.certificate_pem() + server.key_pem());
  folder.write("web.yml", "tls_server_config: {cert_file: server.pem, key_file: server.pem}");
  start({.listen_addresses = {"127.0.0.1:0"}, .web_config_file = folder.path("web.yml")});
  const std::string fetch = "curl -ksS https://" + address() + "/ >" + folder.path("page");
  ASSERT_EQ(std::system(fetch.c_str()), 0);
  expect_switches(*read_file(folder.path("page"), 1 << 20));
}

}  // namespace
}  // namespace packetdrop
