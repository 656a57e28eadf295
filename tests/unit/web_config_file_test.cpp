// SPDX-License-Identifier: Apache-2.0
// A web configuration file that changes: what is new comes into force whole, or not at all.
#include "web_config/web_config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <cstring>
#include <sstream>
#include <thread>

#include "support/certificates.h"
#include "support/folder.h"

namespace packetdrop {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string kHash = "$2b$04$OuMMpzkH9vzIUc7iAvFeaOqm4YSk03W/mr/gTpLG4S/2Km0p7HQoy";
const std::string kUsers = "basic_auth_users: {prometheus: " + kHash + "}\n";
constexpr std::chrono::nanoseconds kAtOnce{0};

class WebFile : public testing::Test {
 protected:
  void open(const std::string& text, std::chrono::nanoseconds settle_time = kAtOnce) {
    folder.write("web.yml", text);
    auto opened = WebConfigFile::open(path, settle_time);
    ASSERT_TRUE(opened) << opened.error().message;
    file = *std::move(opened);
  }
  std::string error_of(const std::string& text) const {
    folder.write("web.yml", text);
    const auto opened = WebConfigFile::open(path);
    return opened ? "" : opened.error().message;
  }
  const WebConfig& config() {
    state = file->current();
    return state->config;
  }
  // Whether `text`, written in place, comes into force.
  bool takes(const std::string& text) {
    folder.write("web.yml", text);
    file->current();
    return file->last_reload_successful();
  }

  const Folder folder;
  const std::string path = folder.path("web.yml");
  std::unique_ptr<WebConfigFile> file;
  std::shared_ptr<const WebConfigFile::State> state;
};

TEST_F(WebFile, what_stands_behind_64_KiB_of_comments_is_read) {
  ASSERT_NO_FATAL_FAILURE(open("#" + std::string(64 * 1024, '-') + "\n" + kUsers));
  EXPECT_EQ(config().users.size(), 1u);
}

TEST_F(WebFile, ten_thousand_users_are_read) {
  std::string text = "basic_auth_users:\n";
  for (int i = 0; i < 10'000; i++) text += "  user-" + std::to_string(i) + ": " + kHash + "\n";
  ASSERT_NO_FATAL_FAILURE(open(text));
  EXPECT_EQ(config().users.size(), 10'000u);
  EXPECT_TRUE(config().users.contains("user-9999"));
}

TEST_F(WebFile, a_file_that_is_too_large_is_an_error) {
  const std::string filler(std::size_t{4} * 1024 * 1024, '-');
  EXPECT_EQ(error_of("#" + filler + "\n" + kUsers), path + ": larger than 4194304 bytes");
  folder.write("server.crt", filler + "x");
  EXPECT_THAT(error_of("tls_server_config: {cert_file: server.crt, key_file: server.crt}"),
              HasSubstr("server.crt: larger than 4194304 bytes"));
}

TEST_F(WebFile, a_fifo_is_refused_and_not_waited_for) {
  ASSERT_EQ(::mkfifo(folder.path("fifo").c_str(), 0600), 0);
  EXPECT_EQ(WebConfigFile::open(folder.path("fifo")).error().message,
            folder.path("fifo") + ": not a regular file");
  EXPECT_THAT(error_of("tls_server_config: {cert_file: fifo, key_file: fifo}"),
              HasSubstr("fifo: not a regular file"));
  ASSERT_NO_FATAL_FAILURE(open(kUsers));
  std::filesystem::rename(folder.path("fifo"), path);
  EXPECT_EQ(config().users.size(), 1u);
  EXPECT_FALSE(file->last_reload_successful());
}

TEST_F(WebFile, a_hash_that_takes_too_long_is_refused_with_the_name_of_the_user) {
  const auto users = [](const std::string& cost) {
    return "basic_auth_users: {grafana: " + std::string(kHash).replace(4, 2, cost) + "}\n";
  };
  EXPECT_EQ(error_of(users("13")), "");
  for (const std::string cost : {"14", "31"})
    EXPECT_EQ(error_of(users(cost)), path + ":1:29: basic_auth_users: grafana: bcrypt cost " +
                                         cost + " takes too long to check: expected 13 or less");
  for (const std::string cost : {"03", "32", "1:", "/9"})
    EXPECT_THAT(error_of(users(cost)), HasSubstr("not a bcrypt hash")) << cost;
}

// The toolkit takes the file; the other users can log in.
TEST_F(WebFile, a_user_who_cannot_log_in_is_a_warning_at_the_start_and_after_a_change) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  open("basic_auth_users: {good: " + kHash + ", 'a:b': " + kHash + "}");
  EXPECT_TRUE(takes("basic_auth_users: {good: " + kHash + ", 'long:name': " + kHash + "}"));
  spdlog::set_default_logger(before);
  EXPECT_THAT(log.str(), HasSubstr("nobody can log in as \"a:b\""));
  EXPECT_THAT(log.str(), HasSubstr("nobody can log in as \"long:name\""));
  EXPECT_THAT(log.str(), testing::Not(HasSubstr("good")));
}

TEST_F(WebFile, a_rate_limit_that_refuses_every_request_is_a_warning) {
  std::ostringstream log;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
  open("rate_limit: {interval: 5s, burst: 1}");
  EXPECT_TRUE(takes("rate_limit: {burst: 0}"));
  EXPECT_THAT(log.str(), testing::Not(HasSubstr("rate_limit without burst")));
  EXPECT_TRUE(takes("rate_limit: {interval: 5s}"));
  spdlog::set_default_logger(before);
  EXPECT_THAT(log.str(), HasSubstr("rate_limit without burst refuses every request"));
}

TEST_F(WebFile, what_was_written_just_now_is_not_in_force_yet) {
  ASSERT_NO_FATAL_FAILURE(open(kUsers, 24h));
  for (const std::string& text : {std::string(), "basic_auth_users: {grafana: " + kHash + "}"}) {
    folder.write("web.yml", text);
    EXPECT_TRUE(config().users.contains("prometheus")) << text;
    EXPECT_TRUE(file->last_reload_successful());
  }
  const auto yesterday = std::filesystem::file_time_type::clock::now() - 25h;
  std::filesystem::last_write_time(path, yesterday);
  EXPECT_TRUE(config().users.contains("grafana"));
}

TEST_F(WebFile, a_change_that_keeps_size_and_time_is_seen) {
  ASSERT_NO_FATAL_FAILURE(open("basic_auth_users: {alice: " + kHash + "}\n"));
  const auto time = std::filesystem::last_write_time(path);
  std::this_thread::sleep_for(50ms);  // the kernel's clock for files ticks each 4 to 10 ms
  folder.write("web.yml", "basic_auth_users: {clara: " + kHash + "}\n");
  std::filesystem::last_write_time(path, time);
  EXPECT_TRUE(config().users.contains("clara"));
}

// As a start that meets a file which is being written: TLS could not come later.
TEST_F(WebFile, one_that_is_empty_and_new_at_the_start_is_given_time) {
  folder.write("web.yml", "");
  std::jthread writer([&] { folder.write("web.yml", kUsers); });
  auto opened = WebConfigFile::open(path, 60s);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ((*opened)->current()->config.users.size(), 1u);
}

TEST_F(WebFile, users_go_only_where_the_file_says_so) {
  for (const std::string text : {"", "# nothing\n", "rate_limit: {burst: 3}\n",
                                 "basic_auth_users:\n", "basic_auth_users: ~\n"}) {
    ASSERT_NO_FATAL_FAILURE(open(kUsers));
    EXPECT_FALSE(takes(text)) << text;
    EXPECT_EQ(config().users.size(), 1u) << text;
  }
  EXPECT_TRUE(takes("basic_auth_users: {grafana: " + kHash + "}"));
  EXPECT_TRUE(takes("basic_auth_users: {}"));
  EXPECT_TRUE(config().users.empty());
  EXPECT_TRUE(takes(""));
}

class WebFileTls : public WebFile {
 protected:
  void SetUp() override {
    folder.write("server.crt", server.certificate_pem());
    folder.write("server.key", server.key_pem());
    folder.write("ca.crt", authority.certificate_pem());
  }
  // With these lines more in tls_server_config.
  static std::string tls(const std::string& more) {
    return "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n" + more;
  }
  static std::string verified() {
    return tls(
        "  client_ca_file: ca.crt\n  client_auth_type: RequireAndVerifyClientCert\n"
        "  client_allowed_sans: [client]\n");
  }

  const Certified authority{"authority"};
  const Certified other{"other"};
  const Certified server{"server", &authority};
};

// As a file is while it is written, wherever the writer pauses.
TEST_F(WebFileTls, no_beginning_of_the_file_lets_in_whom_the_whole_keeps_out) {
  for (const std::string& whole : {kUsers + verified(), verified() + kUsers}) {
    ASSERT_NO_FATAL_FAILURE(open(whole));
    for (std::size_t size = 0; size < whole.size(); size++) {
      // Each fifth, and wherever a key or a line ends.
      if (size % 5 != 0 && !std::strchr(":\n ", whole[size])) continue;
      folder.write("web.yml", whole.substr(0, size));
      const WebConfig& now = config();
      ASSERT_EQ(now.users.size(), 1u) << whole.substr(0, size);
      ASSERT_EQ(now.tls->client_auth, ClientAuth::kRequireAndVerify) << whole.substr(0, size);
      ASSERT_TRUE(now.tls->client_allowed_sans) << whole.substr(0, size);
    }
  }
}

TEST_F(WebFileTls, client_certificates_go_only_where_the_file_says_so) {
  ASSERT_NO_FATAL_FAILURE(open(verified()));
  EXPECT_FALSE(takes(tls("")));
  EXPECT_FALSE(takes(tls("  client_auth_type:\n")));
  EXPECT_FALSE(takes(tls("  client_auth_type: RequireAnyClientCert\n")));  // of any name
  EXPECT_FALSE(takes(""));
  EXPECT_TRUE(config().verifies_clients());
  EXPECT_TRUE(takes(tls("  client_auth_type: NoClientCert\n")));
  EXPECT_FALSE(config().verifies_clients());
}

TEST_F(WebFileTls, a_file_of_certificates_that_is_cut_inside_of_one_is_broken) {
  const std::string first = authority.certificate_pem();
  const std::string both = first + other.certificate_pem();
  folder.write("ca.crt", both);
  ASSERT_NO_FATAL_FAILURE(open(verified()));
  for (const std::size_t cut : {first.size() + 40, both.size() - 200, both.size() - 20}) {
    folder.write("ca.crt", both.substr(0, cut));
    file->current();
    EXPECT_FALSE(file->last_reload_successful()) << cut;
  }
  folder.write("ca.crt", both);
  file->current();
  EXPECT_TRUE(file->last_reload_successful());
}

}  // namespace
}  // namespace packetdrop
