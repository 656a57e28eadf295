// SPDX-License-Identifier: Apache-2.0
// The values of a web configuration file in Prometheus' format:
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

// Whether a client needs a certificate, and whether its issuer is verified.
enum class ClientAuth { kNone, kRequest, kRequireAny, kVerifyIfGiven, kRequireAndVerify };

// PEM, in a file or inline; at most one is set.
struct PemText {
  std::string file;  // absolute, or relative to the working directory
  std::string text;

  bool is_set() const { return !file.empty() || !text.empty(); }
};

struct TlsConfig {
  PemText certificate = {};  // the chain, the server's certificate first
  PemText key = {};
  PemText client_ca = {};
  ClientAuth client_auth = ClientAuth::kNone;
  bool says_client_auth = false;  // client_auth_type is in the file
  std::optional<std::vector<std::string>> client_allowed_sans = {};  // nothing: any
  int min_version = 0x0303;  // 1.2; numbers of the TLS protocol, as in OpenSSL's TLS1_2_VERSION
  int max_version = 0x0304;
  std::string ciphers = {};  // up to TLS 1.2, in OpenSSL's names; empty: OpenSSL's choice
  std::string groups = {};   // in OpenSSL's names; empty: OpenSSL's choice
};

struct RateLimit {
  int burst = 0;
  std::chrono::nanoseconds interval{0};  // per request; 0: no limit
};

struct WebConfig {
  std::optional<TlsConfig> tls;
  std::vector<std::pair<std::string_view, std::string>> headers;  // of every response
  std::map<std::string, std::string> users;                       // name → bcrypt hash
  bool says_no_users = false;  // "basic_auth_users: {}" is in the file
  RateLimit rate_limit;

  // No client needs a password or a certificate.
  bool lets_in_everybody() const { return users.empty() && !tls; }

  // After the handshake a client has either a verified certificate or none.
  bool verifies_clients() const {
    return tls && (tls->client_auth == ClientAuth::kVerifyIfGiven ||
                   tls->client_auth == ClientAuth::kRequireAndVerify);
  }
};

// Why a running process must not replace `now` by `next`: it would admit clients that `now`
// refuses, without stating it. An empty or truncated file, as it is while being written, states
// nothing. Nothing if it may. The message does not contain the file's name.
std::optional<std::string> opens_the_door(const WebConfig& now, const WebConfig& next);

// Parses `text`. Relative paths in it are relative to `folder`; no file is opened. The error begins
// with "LINE:COLUMN: " if it has a place, and never repeats a secret.
Result<WebConfig> parse_web_config(const std::string& text, const std::string& folder);

}  // namespace packetdrop
