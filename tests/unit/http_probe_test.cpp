// SPDX-License-Identifier: Apache-2.0
// What --probe says of a server that is well, that is not, and that wants a certificate.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <csignal>
#include <fstream>
#include <future>
#include <thread>

#include "base/unique_fd.h"
#include "client/probe.h"
#include "client/probe_answer.h"
#include "http_fixture.h"

namespace packetdrop {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class HttpProbe : public HttpFixture {
 protected:
  std::string url(const std::string& path) const { return "http://" + address() + path; }
};

TEST_F(HttpProbe, gives_the_body_of_an_answer) {
  const auto answer = probe({.url = url("/-/healthy")});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, call("GET", "/-/healthy").body);
}

TEST_F(HttpProbe, fails_on_another_status_and_shows_its_body) {
  const auto answer = probe({.url = url("/nowhere")});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer.error().message, HasSubstr(R"("status":"error")"));
}

TEST_F(HttpProbe, takes_an_IPv6_address) {
  start({.listen_addresses = {"[::1]:0"}});
  const auto answer = probe({.url = url("/-/healthy")});
  EXPECT_TRUE(answer) << answer.error().message;
}

TEST_F(HttpProbe, says_that_nobody_listens) {
  const std::string gone = url("/");
  server.reset();
  const auto answer = probe({.url = gone});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("Connection refused"));
}

TEST_F(HttpProbe, refuses_a_URL_that_would_break_out_of_its_request_line) {
  for (const std::string more : {"x\r\nX-Evil: 1", "x y", "x\x7f"}) {
    const auto answer = probe({.url = url("/") + more});
    ASSERT_FALSE(answer) << more;
    EXPECT_THAT(answer.error().message, HasSubstr("control characters"));
  }
}

TEST_F(HttpProbe, names_the_flag_of_a_file_that_it_cannot_read) {
  const auto answer = probe({.url = "https://[::1]:1/", .certificate = "/no/file", .key = {}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "--probe.certificate=/no/file: No such file or directory");
}

TEST_F(HttpProbe, refuses_what_is_no_URL) {
  for (const std::string text :
       {"http://", "https://", "http:///metrics", "http://:80/", "http://?", "http://[]:80/",
        "http://[::1", "http://[::1]x/", "http://[a]/", "http://a:0/", "http://a:00/",
        "http://[::1]:000", "http://a:65536/", "http://a:/", "http://a:b/", "http://u@a/",
        "http://u:p@a/", "http://a\\b/", "a"}) {
    const auto right = check_probe_url(text);
    ASSERT_FALSE(right) << text;
    EXPECT_THAT(right.error().message, HasSubstr(": expected http://HOST:PORT/PATH"));
    EXPECT_FALSE(probe({.url = text})) << text;
  }
  for (const std::string text : {"http://a", "http://a:80", "http://a:100", "http://a:080/",
                                 "https://[::1]:1/x?y=z", "http://a_b-c.d/"})
    EXPECT_TRUE(check_probe_url(text)) << text;
}

// What of `pieces`, which come one after the other, is the body; the error's text otherwise.
std::string body_of(const std::vector<std::string>& pieces) {
  ProbeAnswer answer;
  for (const std::string& piece : pieces) {
    const auto complete = answer.add(piece);
    if (!complete) return complete.error().message;
    if (*complete) break;
  }
  const auto body = answer.body();
  return body ? *body : body.error().message;
}

TEST(HttpProbeAnswer, ends_where_it_says_or_where_the_connection_does) {
  EXPECT_EQ(body_of({"HTTP/1.1 200 OK\r\n\r\nwe", "ll"}), "well");
  EXPECT_EQ(body_of({"HTTP/1.0 200\r", "\ncontent-length:2 \r\n\r\nwe", "ll"}), "we");
  EXPECT_EQ(body_of({"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nwell"}), "we");
  EXPECT_EQ(body_of({"HTTP/1.1 204 \r\n\r\nwell"}), "");
  EXPECT_EQ(body_of({"HTTP/1.1 503 No\r\nContent-Length: 1\r\n\r\nx"}), "HTTP/1.1 503 No\nx");
  EXPECT_EQ(body_of({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwell"}),
            "the answer ended after 4 of 5 bytes");
}

// RFC 9110, 15.2: any number of them may come before the answer.
TEST(HttpProbeAnswer, is_what_comes_after_interim_ones) {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string hints = "HTTP/1.1 103 Hints\r\nLink: a\r\nContent-Length: 9\r\n\r\n";
  const std::string last = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell";
  EXPECT_EQ(body_of({interim + last}), "well");
  EXPECT_EQ(body_of({interim + hints, hints + last}), "well");
  EXPECT_EQ(
      body_of({interim.substr(0, 20), interim.substr(20) + last.substr(0, 9), last.substr(9)}),
      "well");
  EXPECT_EQ(body_of({interim + "HTTP/1.1 503 No\r\nContent-Length: 1\r\n\r\nx"}),
            "HTTP/1.1 503 No\nx");
  EXPECT_THAT(body_of({interim}), StartsWith("the answer is not HTTP, or not all of it"));
  EXPECT_THAT(body_of({"HTTP/1.1 101 Switching\r\n\r\n"}), StartsWith("HTTP/1.1 101"));
}

// An error is read on a terminal; what is well goes to whoever asked, as it is.
TEST(HttpProbeAnswer, is_without_control_characters_where_it_is_an_error) {
  const std::string odd("\x1b[2J\0\r\n\tok \xc2\x9b\x7f", 14);
  const std::string head = " X\x1bY\r\nContent-Length: " + std::to_string(odd.size()) + "\r\n\r\n";
  EXPECT_EQ(body_of({"HTTP/1.1 503" + head + odd}),
            "HTTP/1.1 503 X\\x1bY\n\\x1b[2J\\x00\\x0d\n\tok \\xc2\\x9b\\x7f");
  EXPECT_EQ(body_of({"HTTP/1.1 200" + head + odd}), odd);
}

TEST(HttpProbeAnswer, is_an_error_where_its_length_is_none) {
  for (const std::string length : {"-1", "+1", "", "1x", "0x10", "1, 1", "\xff"})
    EXPECT_THAT(body_of({"HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nwell"}),
                StartsWith("the answer's Content-Length is no number: "))
        << length;
  for (const std::string length : {"16777217", "18446744073709551616", "99999999999999999999999"})
    EXPECT_EQ(body_of({"HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\nwell"}),
              "an answer of " + length + " bytes, where 16777216 are the most");
  EXPECT_THAT(body_of({"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nwell"}),
              HasSubstr("two different"));
  EXPECT_THAT(body_of({"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}),
              HasSubstr("Transfer-Encoding"));
}

TEST(HttpProbeAnswer, is_an_error_where_it_is_no_HTTP) {
  for (const std::string text :
       {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2\r\n\r\n", "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 2000\r\n\r\n", "\r\n\r\n", "HTTP/1.1 200 OK\r\n", "SSH-2.0-OpenSSH\r\n"})
    EXPECT_THAT(body_of({text}), StartsWith("the answer is not HTTP")) << text;
  EXPECT_THAT(body_of({"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"}), HasSubstr("no colon"));
}

TEST(HttpProbeAnswer, does_not_go_on_for_ever) {
  const std::string many(ProbeAnswer::kHeadLimit + 1, 'x');
  EXPECT_THAT(body_of({"HTTP/1.1 200 OK\r\nX: ", many}),
              HasSubstr("without an end of its headers"));
  const std::string much(ProbeAnswer::kBodyLimit / 4 + 1, 'x');
  EXPECT_THAT(body_of({"HTTP/1.1 200 OK\r\n\r\n", much, much, much, much}),
              HasSubstr("where 16777216 are the most"));
}

// On a free port of loopback.
UniqueFd listener() {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in any{
      .sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  EXPECT_EQ(bind(fd.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
  EXPECT_EQ(listen(fd.get(), 1), 0);
  return fd;
}

std::string address_of(const UniqueFd& fd) {
  sockaddr_in own{};
  socklen_t size = sizeof(own);
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &size);
  return "127.0.0.1:" + std::to_string(ntohs(own.sin_port));
}

// What a probe makes of a server that says so much, and no more.
Result<std::string> probe_of(const std::string& said) {
  const UniqueFd server = listener();
  auto answer = std::async(std::launch::async, [&] {
    return probe({.url = "http://" + address_of(server), .timeout = std::chrono::seconds(1)});
  });
  const UniqueFd client(accept(server.get(), nullptr, nullptr));
  EXPECT_EQ(send(client.get(), said.data(), said.size(), 0), static_cast<ssize_t>(said.size()));
  return answer.get();
}

// Host and target that a probe asks for where `rest` follows the authority.
std::string asked_for(const std::string& rest) {
  const UniqueFd server = listener();
  auto answer = std::async(std::launch::async,
                           [&] { return probe({.url = "http://" + address_of(server) + rest}); });
  pollfd arrival{.fd = server.get(), .events = POLLIN, .revents = 0};
  if (poll(&arrival, 1, 2000) != 1) return "nobody asked";
  const UniqueFd client(accept(server.get(), nullptr, nullptr));
  char request[512];
  const ssize_t size = recv(client.get(), request, sizeof(request), 0);
  const std::string_view line(request, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return std::string(line.substr(0, line.find(" HTTP/1.1\r\n")));
}

// The authority ends at the first of them (RFC 3986, 3.2), and the fragment is not sent (RFC 9110,
// 7.1).
TEST(HttpProbeTarget, is_what_stands_behind_the_authority) {
  EXPECT_EQ(asked_for(""), "GET /");
  EXPECT_EQ(asked_for("/a/b?x=@y:1"), "GET /a/b?x=@y:1");
  EXPECT_EQ(asked_for("/@y:1/a"), "GET /@y:1/a");
  EXPECT_EQ(asked_for("?x=/@y"), "GET /?x=/@y");
  EXPECT_EQ(asked_for("/a#@y"), "GET /a");
  EXPECT_EQ(asked_for("#/@y"), "GET /");
  EXPECT_EQ(asked_for("/a?b#c?d"), "GET /a?b");
  EXPECT_EQ(asked_for("/http://y/"), "GET /http://y/");
}

// A part must not pass for the whole.
TEST(HttpProbeTime, ends_while_the_server_says_no_more) {
  const auto start = std::chrono::steady_clock::now();
  auto nothing = std::async(std::launch::async, probe_of, "");
  auto half = std::async(std::launch::async, probe_of, "HTTP/1.1 200 OK\r\n\r\nhalf");
  auto whole =
      std::async(std::launch::async, probe_of, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwell");
  EXPECT_EQ(nothing.get().error().message, "no whole answer in time");
  EXPECT_EQ(half.get().error().message, "no whole answer in time");
  EXPECT_EQ(*whole.get(), "well");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

// A key with a certificate that it signed itself, in one PEM file.
class Identity {
 public:
  Identity() : key(EVP_EC_gen("P-256")), certificate(X509_new()) {
    X509_set_version(certificate, X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME* const name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("probe"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    BIO* const out = BIO_new_file(path.c_str(), "w");
    PEM_write_bio_X509(out, certificate);
    PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    BIO_free(out);
  }
  ~Identity() {
    X509_free(certificate);
    EVP_PKEY_free(key);
    std::remove(path.c_str());
  }
  Identity(const Identity&) = delete;
  Identity& operator=(const Identity&) = delete;

  const std::string path = testing::TempDir() + "probe-" + std::to_string(getpid()) + ".pem";
  EVP_PKEY* const key;
  X509* const certificate;
};

// Answers one connection, if it shows the certificate of `trusted`.
class OneAnswer {
 public:
  explicit OneAnswer(const Identity& trusted)
      : socket_(listener()), context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_use_certificate(context_, trusted.certificate);
    SSL_CTX_use_PrivateKey(context_, trusted.key);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), trusted.certificate);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    thread_ = std::thread([this] { serve(); });
  }
  ~OneAnswer() {
    thread_.join();
    SSL_CTX_free(context_);
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  std::string url() const { return "https://" + address_of(socket_) + "/-/healthy"; }

 private:
  void serve() {
    const UniqueFd client(accept(socket_.get(), nullptr, nullptr));
    SSL* const tls = SSL_new(context_);
    SSL_set_fd(tls, client.get());
    char request[512];
    if (SSL_accept(tls) == 1 && SSL_read(tls, request, sizeof(request)) > 0) {
      constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nwell\n";
      SSL_write(tls, kAnswer.data(), static_cast<int>(kAnswer.size()));
      SSL_shutdown(tls);
    }
    SSL_free(tls);
  }

  UniqueFd socket_;
  SSL_CTX* context_;
  std::thread thread_;
};

class HttpProbeByTls : public testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(HttpProbeByTls, shows_the_certificate_that_is_asked_for) {
  const Identity identity;
  const OneAnswer server(identity);
  const auto answer =
      probe({.url = server.url(), .certificate = identity.path, .key = identity.path});
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(*answer, "well\n");
}

TEST_F(HttpProbeByTls, finds_the_key_in_the_file_of_the_certificate) {
  const Identity identity;
  const OneAnswer server(identity);
  const auto answer = probe({.url = server.url(), .certificate = identity.path});
  EXPECT_TRUE(answer) << answer.error().message;
}

TEST_F(HttpProbeByTls, says_what_the_server_refuses) {
  const Identity identity;
  const OneAnswer server(identity);
  const auto answer = probe({.url = server.url()});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("certificate required"));
}

TEST_F(HttpProbeByTls, names_the_file_that_it_cannot_use) {
  const auto answer = probe({.url = "https://127.0.0.1:1/", .certificate = "/nonexistent"});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace packetdrop
