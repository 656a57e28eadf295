// SPDX-License-Identifier: Apache-2.0
// Requests one URL of a running exporter, with OpenSSL: civetweb's client connects without a
// timeout and takes certificate and key in one file only.
#include "client/probe.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <ctime>
#include <memory>
#include <string_view>

#include "base/free_by.h"
#include "base/ip_address.h"
#include "base/text.h"
#include "client/probe_answer.h"

namespace packetdrop {
namespace {

constexpr unsigned kNapMilliseconds = 5;  // between two checks of a socket that OpenSSL waits for

void free_string(char* text) { OPENSSL_free(text); }

using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using TlsContext = std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>>;
using Text = std::unique_ptr<char, FreeBy<free_string>>;

struct Url {
  bool tls;
  std::string host;
  std::string port;
  std::string target;  // path and query

  std::string authority() const {
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
  }
};

// Adds what OpenSSL reported: the failed system call, or the last error.
Error tls_error(std::string message) {
  unsigned long last = 0;
  while (const unsigned long code = ERR_get_error()) {
    if (ERR_SYSTEM_ERROR(code)) return system_error(std::move(message), ERR_GET_REASON(code));
    last = code;
  }
  const char* reason = ERR_reason_error_string(last);
  return {.message = std::move(message) + (reason == nullptr ? "" : ": " + std::string(reason))};
}

// The parts of a URL in their order (RFC 3986, 3). All are empty without a scheme.
struct UrlParts {
  std::string_view scheme;     // with ://
  std::string_view authority;  // ends at the first / ? or #
  std::string_view rest;
};

UrlParts split_url(std::string_view url) {
  for (const std::string_view scheme : {"http://", "https://"})
    if (url.starts_with(scheme)) {
      const std::string_view behind = url.substr(scheme.size());
      const std::size_t end = std::min(behind.find_first_of("/?#"), behind.size());
      return {.scheme = scheme, .authority = behind.substr(0, end), .rest = behind.substr(end)};
    }
  return {};
}

// The request target: a fragment is not sent to the server.
std::string target_of(std::string_view rest) {
  const std::string target(rest.substr(0, rest.find('#')));
  return target.starts_with('/') ? target : "/" + target;
}

bool is_host(std::string_view host) {
  if (parse_bracketed_ipv6(host)) return true;
  return !host.empty() && std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_';
  });
}

Result<Url> parse_url(const std::string& text) {
  // They would end the request line.
  if (std::ranges::any_of(text, [](char c) { return c <= ' ' || c == 0x7f; }))
    return Error{.code = 0,
                 .message = "a URL has no blanks, control characters or bytes beyond ASCII"};
  const std::string no_url =
      "invalid URL " + quoted(text) + ": expected http://HOST:PORT/PATH or https://…";
  const auto [scheme, authority, rest] = split_url(text);
  // Only the authority: OpenSSL looks for a user name, which ends in @, in its whole argument.
  const std::string server = std::string(scheme).append(authority);
  int tls = 0;
  char *host = nullptr, *port = nullptr;
  if (OSSL_HTTP_parse_url(server.c_str(), &tls, nullptr, &host, &port, nullptr, nullptr, nullptr,
                          nullptr) != 1)
    return tls_error(no_url);
  const Text own_host(host), own_port(port);
  if (authority.empty() || !is_host(host))
    return Error{.code = 0, .message = no_url + "; the host is missing"};
  // OpenSSL accepts a missing name, and reads port 0 as 80.
  if (authority.find('@') != authority.npos)
    return Error{.code = 0, .message = no_url + "; a user name is not supported"};
  const std::size_t before_zeros = authority.find_last_not_of('0');
  if (authority.ends_with('0') && before_zeros != authority.npos && authority[before_zeros] == ':')
    return Error{.code = 0, .message = no_url + "; port 0 is not valid"};
  std::string_view name(host);
  if (name.starts_with('[')) name = name.substr(1, name.size() - 2);
  return Url{.tls = tls != 0, .host = std::string(name), .port = port, .target = target_of(rest)};
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

// One timeout for the whole connection.
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

  // If it fails, the received bytes say why: a server that requires a certificate may have closed.
  void send(std::string_view text) {
    while (!text.empty()) {
      const int sent = BIO_write(bio_.get(), text.data(), static_cast<int>(text.size()));
      if (sent > 0)
        text.remove_prefix(static_cast<std::size_t>(sent));
      else if (!wait())
        return;
    }
  }

  Result<std::string> receive() {
    ProbeAnswer answer;
    std::array<char, 4096> buffer;
    while (std::time(nullptr) <= deadline_) {
      const int size = BIO_read(bio_.get(), buffer.data(), static_cast<int>(buffer.size()));
      if (size > 0) {
        const auto complete = answer.add({buffer.data(), static_cast<std::size_t>(size)});
        if (!complete) return complete.error();
        if (*complete) return answer.body();
      } else if (BIO_should_retry(bio_.get()) == 0) {
        if (answer.is_empty()) return tls_error("no answer");
        return answer.body();
      } else if (!wait()) {
        break;
      }
    }
    return Error{.code = ETIMEDOUT, .message = "no whole answer in time"};
  }

 private:
  explicit Connection(std::time_t deadline) : deadline_(deadline) {}

  // False if there is nothing to wait for, or no time left.
  bool wait() {
    return BIO_should_retry(bio_.get()) != 0 &&
           BIO_wait(bio_.get(), deadline_, kNapMilliseconds) > 0;
  }

  Bio bio_;
  std::time_t deadline_;
};

}  // namespace

Result<void> check_probe_url(const std::string& url) {
  const auto parsed = parse_url(url);
  if (!parsed) return parsed.error();
  return {};
}

Result<std::string> probe(const ProbeOptions& options) {
  ERR_clear_error();
  const auto url = parse_url(options.url);
  if (!url) return url.error();
  Result<TlsContext> context = TlsContext();
  if (url->tls) context = make_context(options);
  if (!context) return context.error();
  auto connection = Connection::open(*url, context->get(), options.timeout);
  if (!connection) return connection.error();
  connection->send("GET " + url->target + " HTTP/1.1\r\nHost: " + url->authority() +
                   "\r\nConnection: close\r\n\r\n");
  return connection->receive();
}

}  // namespace packetdrop
