// SPDX-License-Identifier: Apache-2.0
// A web configuration file in Prometheus' format, as values:
// https://github.com/prometheus/exporter-toolkit/blob/v0.20.0/docs/web-configuration.md
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace packetdrop {

// Whether a client has to show a certificate, and whether who signed it matters.
enum class ClientAuth { kNone, kRequest, kRequireAny, kVerifyIfGiven, kRequireAndVerify };

// PEM, in a file or in the configuration itself; at most one of them is set.
struct PemText {
  std::string file;  // absolute, or relative to the working directory
  std::string text;

  bool is_set() const { return !file.empty() || !text.empty(); }
};

struct TlsConfig {
  PemText certificate = {};  // the chain, the server's own first
  PemText key = {};
  PemText client_ca = {};
  ClientAuth client_auth = ClientAuth::kNone;
  bool says_client_auth = false;                                     // it is written out
  std::optional<std::vector<std::string>> client_allowed_sans = {};  // nothing: any
  int min_version = 0x0303;  // as TLS itself has it, 1.2; OpenSSL's TLS1_2_VERSION
  int max_version = 0x0304;
  std::string ciphers = {};  // up to TLS 1.2, in OpenSSL's names; empty: OpenSSL's choice
  std::string groups = {};   // in OpenSSL's names; empty: OpenSSL's choice
};

struct RateLimit {
  int burst = 0;
  std::chrono::nanoseconds interval{0};  // one request each; 0: no limit
};

struct WebConfig {
  std::optional<TlsConfig> tls;
  std::vector<std::pair<std::string_view, std::string>> headers;  // of every response
  std::map<std::string, std::string> users;                       // name → bcrypt hash
  bool says_no_users = false;  // "basic_auth_users: {}" is written out
  RateLimit rate_limit;

  // Nobody needs a password or a certificate.
  bool lets_in_everybody() const { return users.empty() && !tls; }

  // Who gets past the handshake has shown a certificate that was verified, or none.
  bool verifies_clients() const {
    return tls && (tls->client_auth == ClientAuth::kVerifyIfGiven ||
                   tls->client_auth == ClientAuth::kRequireAndVerify);
  }
};

// Why `next` must not follow `now` in a process that runs: it would let in whom `now` keeps out,
// without saying so. A file that is empty or cut short, as one is while it is written, says
// nothing. Nothing where it may. The message is without the file's name.
std::optional<std::string> opens_the_door(const WebConfig& now, const WebConfig& next);

// Reads `text`. Relative files in it are in `folder`; none is opened. The error begins with
// "LINE:COLUMN: " where it is about a place, and never repeats a secret.
Result<WebConfig> parse_web_config(const std::string& text, const std::string& folder);

}  // namespace packetdrop
