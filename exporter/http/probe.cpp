// SPDX-License-Identifier: Apache-2.0
// Asks a running exporter one URL, by OpenSSL: civetweb's client waits for a connection without an
// end, and takes certificate and key in one file only.
#include "http/probe.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <memory>
#include <optional>
#include <string_view>

#include "base/free_by.h"

namespace packetdrop {
namespace {

constexpr std::size_t kAnswerLimit = std::size_t{16} * 1024 * 1024;
constexpr unsigned kNapMilliseconds = 5;  // between two looks at a socket that OpenSSL waits for

void free_string(char* text) { OPENSSL_free(text); }

using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using TlsContext = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
using Text = std::unique_ptr<char, FreeBy<free_string>>;

struct Url {
  bool tls;
  std::string host;
  std::string port;
  std::string path;

  std::string authority() const {
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
  }
};

// With what OpenSSL reported: the system call that failed, or what came last.
Error tls_error(std::string message) {
  unsigned long last = 0;
  while (const unsigned long code = ERR_get_error()) {
    if (ERR_SYSTEM_ERROR(code)) return system_error(std::move(message), ERR_GET_REASON(code));
    last = code;
  }
  const char* reason = ERR_reason_error_string(last);
  return {.message = std::move(message) + (reason == nullptr ? "" : ": " + std::string(reason))};
}

Result<Url> parse_url(const std::string& text) {
  // They would end the request line that it becomes a part of.
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c == 0x7f; }))
    return Error{.code = 0,
                 .message = "a URL has no blanks, control characters or bytes beyond ASCII"};
  int tls = 0;
  char *host = nullptr, *port = nullptr, *path = nullptr;
  if (OSSL_HTTP_parse_url(text.c_str(), &tls, nullptr, &host, &port, nullptr, &path, nullptr,
                          nullptr) != 1)
    return tls_error("'" + text + "' is no URL");
  const Text own_host(host), own_port(port), own_path(path);
  std::string_view name(host);
  if (name.starts_with('[')) name = name.substr(1, name.size() - 2);
  return Url{.tls = tls != 0, .host = std::string(name), .port = port, .path = path};
}

Result<TlsContext> make_context(const ProbeOptions& options) {
  TlsContext context(SSL_CTX_new(TLS_client_method()));
  if (!context) return tls_error("no TLS");
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
  if (options.certificate.empty()) return context;
  if (SSL_CTX_use_certificate_chain_file(context.get(), options.certificate.c_str()) != 1)
    return tls_error("--probe.certificate=" + options.certificate);
  const std::string& key = options.key.empty() ? options.certificate : options.key;
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    return tls_error((options.key.empty() ? "the key in --probe.certificate=" : "--probe.key=") +
                     key);
  return context;
}

// A whole connection ends where the time does.
class Connection {
 public:
  static Result<Connection> open(const Url& url, SSL_CTX* context, std::chrono::seconds timeout) {
    Connection made(std::time(nullptr) + timeout.count());
    made.bio_.reset(context == nullptr ? BIO_new_connect(url.authority().c_str())
                                       : BIO_new_ssl_connect(context));
    if (!made.bio_) return tls_error("cannot make a connection");
    if (context != nullptr) BIO_set_conn_hostname(made.bio_.get(), url.authority().c_str());
    BIO_set_nbio(made.bio_.get(), 1);
    while (BIO_do_connect(made.bio_.get()) != 1)
      if (!made.wait()) return tls_error("cannot connect to " + url.authority());
    return made;
  }

  // Where it fails, what is received says why: a server that wants a certificate may have closed.
  void send(std::string_view text) {
    while (!text.empty()) {
      const int sent = BIO_write(bio_.get(), text.data(), static_cast<int>(text.size()));
      if (sent > 0)
        text.remove_prefix(static_cast<std::size_t>(sent));
      else if (!wait())
        return;
    }
  }

  // All that comes until the other side closes.
  Result<std::string> receive() {
    std::string all;
    char buffer[4096];
    for (;;) {
      const int n = BIO_read(bio_.get(), buffer, sizeof(buffer));
      if (all.size() > kAnswerLimit)
        return Error{.message =
                         "an answer of more than " + std::to_string(kAnswerLimit) + " bytes"};
      if (n > 0)
        all.append(buffer, static_cast<std::size_t>(n));
      else if (!wait())
        break;
    }
    if (all.empty()) return tls_error("no answer");
    return all;
  }

 private:
  explicit Connection(std::time_t deadline) : deadline_(deadline) {}

  // False where there is nothing to wait for, or no time.
  bool wait() {
    return BIO_should_retry(bio_.get()) != 0 &&
           BIO_wait(bio_.get(), deadline_, kNapMilliseconds) > 0;
  }

  Bio bio_;
  std::time_t deadline_;
};

// Bytes of body that `head` announces; nothing where it does not, in the exporter's own spelling.
std::optional<std::size_t> announced_length(std::string_view head) {
  static constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  head.remove_prefix(at + kName.size());
  std::size_t length = 0;
  const auto [end, problem] = std::from_chars(head.data(), head.data() + head.size(), length);
  return problem == std::errc() ? std::optional(length) : std::nullopt;
}

Result<std::string> body_of_success(const std::string& answer) {
  const std::string status = answer.substr(0, answer.find("\r\n"));
  const std::size_t head = answer.find("\r\n\r\n");
  if (head == std::string::npos) return Error{.message = status + "\n"};
  const std::string body = answer.substr(head + 4);
  const auto announced = announced_length(answer.substr(0, head));
  if (announced && body.size() < *announced)
    return Error{.message = "the answer ended after " + std::to_string(body.size()) + " of " +
                            std::to_string(*announced) + " bytes"};
  if (status.starts_with("HTTP/1.1 2")) return body;
  return Error{.message = status + "\n" + body};
}

}  // namespace

Result<std::string> probe(const ProbeOptions& options) {
  ERR_clear_error();
  const auto url = parse_url(options.url);
  if (!url) return url.error();
  Result<TlsContext> context = TlsContext();
  if (url->tls) context = make_context(options);
  if (!context) return context.error();
  auto connection = Connection::open(*url, context->get(), options.timeout);
  if (!connection) return connection.error();
  connection->send("GET " + url->path + " HTTP/1.1\r\nHost: " + url->authority() +
                   "\r\nConnection: close\r\n\r\n");
  const auto answer = connection->receive();
  if (!answer) return answer.error();
  return body_of_success(*answer);
}

}  // namespace packetdrop
