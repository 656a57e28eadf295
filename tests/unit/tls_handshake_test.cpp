// SPDX-License-Identifier: Apache-2.0
// A handshake has its time, in however many pieces it comes.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>

#include <array>
#include <memory>
#include <string_view>
#include <thread>

#include "base/free_by.h"
#include "http_fixture.h"
#include "support/certificates.h"
#include "support/folder.h"

namespace packetdrop {
namespace {

class TlsHandshake : public HttpFixture {
 protected:
  void SetUp() override {
    folder.write("server.crt", certified.certificate_pem());
    folder.write("server.key", certified.key_pem());
    folder.write("web.yml", "tls_server_config: {cert_file: server.crt, key_file: server.key}");
    start({.listen_addresses = {"127.0.0.1:0"}, .web_config_file = folder.path("web.yml")});
    SSL_set_connect_state(client.get());
  }

  UniqueFd connected() const {
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval timeout{.tv_sec = 20, .tv_usec = 0};
    const int at_once = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof(at_once));
    sockaddr_in server{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {}, .sin_zero = {}};
    server.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address().substr(10))));
    ::inet_pton(AF_INET, "127.0.0.1", &server.sin_addr);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&server), sizeof(server)), 0);
    return fd;
  }

  // The client's first message, which it believes to be sent.
  std::string_view hello() const {
    SSL_set_bio(client.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_do_handshake(client.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(client.get()), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
  }

  const Folder folder;
  const Certified certified{"server"};
  const std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>> context{SSL_CTX_new(TLS_client_method())};
  const std::unique_ptr<SSL, FreeBy<SSL_free>> client{SSL_new(context.get())};
};

TEST_F(TlsHandshake, a_hello_that_comes_byte_by_byte_is_answered) {
  const UniqueFd fd = connected();
  const std::string_view bytes = hello();
  ASSERT_GT(bytes.size(), 210u);
  for (const char byte : bytes) {
    ASSERT_EQ(::send(fd.get(), &byte, 1, MSG_NOSIGNAL), 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));  // or they would come together
  }
  BIO* const socket = BIO_new_socket(fd.get(), BIO_NOCLOSE);
  SSL_set_bio(client.get(), socket, socket);
  ASSERT_EQ(SSL_do_handshake(client.get()), 1);
  constexpr std::string_view kRequest = "GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n";
  ASSERT_GT(SSL_write(client.get(), kRequest.data(), static_cast<int>(kRequest.size())), 0);
  std::array<char, 512> answer{};
  ASSERT_GT(SSL_read(client.get(), answer.data(), static_cast<int>(answer.size() - 1)), 0);
  EXPECT_TRUE(std::string_view(answer.data()).starts_with("HTTP/1.1 200 "));
}

TEST_F(TlsHandshake, what_is_no_hello_is_answered_by_an_alert) {
  const UniqueFd fd = connected();
  constexpr std::string_view kNoHello("\x16\x03\x01\x00\x04\x02\x00\x00\x00", 9);
  ASSERT_GT(::send(fd.get(), kNoHello.data(), kNoHello.size(), MSG_NOSIGNAL), 0);
  char type = 0;
  ASSERT_EQ(::recv(fd.get(), &type, 1, 0), 1);
  EXPECT_EQ(type, 21);  // RFC 8446, 5.1: alert
}

}  // namespace
}  // namespace packetdrop
