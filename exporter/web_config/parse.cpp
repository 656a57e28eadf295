// SPDX-License-Identifier: Apache-2.0
// Parses a web configuration file: its keys, and which of them exclude each other.
#include <algorithm>
#include <filesystem>

#include "web_config/bcrypt.h"
#include "web_config/tls_names.h"
#include "web_config/web_config.h"
#include "web_config/yaml_fields.h"

namespace packetdrop {
namespace {

// The TLS settings of the file, before it is known whether TLS is on.
struct TlsFields {
  TlsConfig config;
  std::string client_auth;  // as written
};

template <PemText TlsConfig::*pem, std::string PemText::*field>
void apply_pem(TlsFields& tls, const YAML::Node& value, std::string_view key) {
  tls.config.*pem.*field = read_string(value, key);
}

template <int TlsConfig::*version>
void apply_version(TlsFields& tls, const YAML::Node& value, std::string_view key) {
  if (!value.IsNull())
    tls.config.*version = read_named(value, key, read_string(value, key), kTlsVersions);
}

// A list of names, translated to OpenSSL's and joined by colons.
template <std::string TlsConfig::*names, std::size_t n,
          const std::array<Named<std::string_view>, n>& table>
void apply_names(TlsFields& tls, const YAML::Node& value, std::string_view key) {
  std::string& joined = tls.config.*names;
  for (const std::string& name : read_list(value, key)) {
    const std::string_view theirs = read_named(value, key, name, table);
    if (!theirs.empty()) append_item(joined, ":", theirs);
  }
}

void apply_client_auth(TlsFields& tls, const YAML::Node& value, std::string_view key) {
  tls.client_auth = read_string(value, key);
  if (!tls.client_auth.empty())
    tls.config.client_auth = read_named(value, key, tls.client_auth, kClientAuths);
}

void apply_allowed_sans(TlsFields& tls, const YAML::Node& value, std::string_view key) {
  if (!value.IsNull()) tls.config.client_allowed_sans = read_list(value, key);
}

// Accepted and ignored, as by Prometheus' own exporters: Go chooses the order itself, OpenSSL takes
// the client's.
void apply_server_order(TlsFields&, const YAML::Node& value, std::string_view key) {
  read_bool(value, key, true);
}

constexpr std::array<Field<TlsFields>, 13> kTlsFields = {{
    {"cert", apply_pem<&TlsConfig::certificate, &PemText::text>},
    {"cert_file", apply_pem<&TlsConfig::certificate, &PemText::file>},
    {"key", apply_pem<&TlsConfig::key, &PemText::text>},
    {"key_file", apply_pem<&TlsConfig::key, &PemText::file>},
    {"client_ca", apply_pem<&TlsConfig::client_ca, &PemText::text>},
    {"client_ca_file", apply_pem<&TlsConfig::client_ca, &PemText::file>},
    {"client_auth_type", apply_client_auth},
    {"client_allowed_sans", apply_allowed_sans},
    {"cipher_suites", apply_names<&TlsConfig::ciphers, kCipherSuites.size(), kCipherSuites>},
    {"curve_preferences", apply_names<&TlsConfig::groups, kCurves.size(), kCurves>},
    {"min_version", apply_version<&TlsConfig::min_version>},
    {"max_version", apply_version<&TlsConfig::max_version>},
    {"prefer_server_cipher_suites", apply_server_order},
}};

void resolve(PemText& pem, const std::filesystem::path& folder) {
  if (pem.file.empty()) return;
  pem.file = (folder / pem.file).lexically_normal().string();
  pem.text.clear();  // the file takes precedence
}

void check_tls(const TlsConfig& tls, const YAML::Node& node) {
  if (!tls.certificate.is_set())
    refuse(node, "tls_server_config: one of cert_file and cert is needed");
  if (!tls.key.is_set()) refuse(node, "tls_server_config: one of key_file and key is needed");
  if (tls.client_ca.is_set() && tls.client_auth == ClientAuth::kNone)
    refuse(node, "tls_server_config: client_ca_file without a client_auth_type that asks for it");
  if (tls.min_version > tls.max_version)
    refuse(node, "tls_server_config: min_version is above max_version");
}

std::optional<TlsConfig> read_tls(const YAML::Node& node, std::string_view key,
                                  const std::filesystem::path& folder) {
  TlsFields tls;
  read_fields(node, key, kTlsFields, tls);
  TlsConfig& config = tls.config;
  if (!config.certificate.is_set() && !config.key.is_set() && !config.client_ca.is_set() &&
      tls.client_auth.empty())
    return std::nullopt;
  check_tls(config, node);
  config.says_client_auth = !tls.client_auth.empty();
  resolve(config.certificate, folder);
  resolve(config.key, folder);
  resolve(config.client_ca, folder);
  return config;
}

// Headers that may be set, and their allowed values if these are few.
struct HeaderRule {
  std::string_view name;                   // outlives every configuration
  std::array<std::string_view, 2> values;  // empty: any
};
constexpr std::array<Named<HeaderRule>, 5> kHeaders = {{
    {"Strict-Transport-Security", {"Strict-Transport-Security", {}}},
    {"X-Content-Type-Options", {"X-Content-Type-Options", {"nosniff", "nosniff"}}},
    {"X-Frame-Options", {"X-Frame-Options", {"deny", "sameorigin"}}},
    {"X-XSS-Protection", {"X-XSS-Protection", {}}},
    {"Content-Security-Policy", {"Content-Security-Policy", {}}},
}};

bool is_header_text(const std::string& text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

void apply_headers(WebConfig& config, const YAML::Node& node, std::string_view key) {
  read_mapping(node, key, [&](const YAML::Node& name_node, const YAML::Node& value) {
    const std::string& name = name_node.Scalar();
    const HeaderRule rule = read_named(value, key, name, kHeaders);
    const auto& allowed = rule.values;
    const std::string text = read_string(value, name);
    if (!allowed[0].empty() && std::ranges::find(allowed, text) == allowed.end())
      refuse(value,
             name + ": expected " + std::string(allowed[0]) + " or " + std::string(allowed[1]));
    if (!is_header_text(text)) refuse(value, name + ": a header must be one line of text");
    config.headers.emplace_back(rule.name, text);
  });
}

// Accepted and ignored: the server speaks HTTP/1.1 only, and says so in the TLS handshake (ALPN).
void apply_http2(WebConfig&, const YAML::Node& value, std::string_view key) {
  read_bool(value, key, true);
}

constexpr std::array<Field<WebConfig>, 2> kHttpFields = {
    {{"headers", apply_headers}, {"http2", apply_http2}}};

constexpr std::array<Field<RateLimit>, 2> kRateFields = {
    {{"burst", [](RateLimit& limit, const YAML::Node& value,
                  std::string_view key) { limit.burst = read_count(value, key); }},
     {"interval", [](RateLimit& limit, const YAML::Node& value, std::string_view key) {
        limit.interval = read_duration(value, key);
      }}}};

void apply_users(WebConfig& config, const YAML::Node& node, std::string_view key) {
  // Explicitly empty; a file truncated here has null.
  config.says_no_users = node.IsMap() && node.size() == 0;
  read_mapping(node, key, [&](const YAML::Node& name_node, const YAML::Node& value) {
    const std::string& name = name_node.Scalar();
    const std::string about = "basic_auth_users: " + name + ": ";
    const std::string hash = read_string(value, name);
    const std::optional<int> cost = bcrypt_cost(hash);
    if (!cost) refuse(value, about + "not a bcrypt hash ($2a$, $2b$ or $2y$)");
    if (*cost > kHighestBcryptCost)
      refuse(value, about + "bcrypt cost " + std::to_string(*cost) +
                        " takes too long to check: expected " + std::to_string(kHighestBcryptCost) +
                        " or less");
    config.users[name] = hash;
  });
}

struct File {
  WebConfig config;
  std::filesystem::path folder;
};

constexpr std::array<Field<File>, 4> kFileFields = {{
    {"tls_server_config",
     [](File& file, const YAML::Node& value, std::string_view key) {
       file.config.tls = read_tls(value, key, file.folder);
     }},
    {"http_server_config",
     [](File& file, const YAML::Node& value, std::string_view key) {
       read_fields(value, key, kHttpFields, file.config);
     }},
    {"basic_auth_users", [](File& file, const YAML::Node& value,
                            std::string_view key) { apply_users(file.config, value, key); }},
    {"rate_limit",
     [](File& file, const YAML::Node& value, std::string_view key) {
       read_fields(value, key, kRateFields, file.config.rate_limit);
     }},
}};

}  // namespace

Result<WebConfig> parse_web_config(const std::string& text, const std::string& folder) {
  try {
    File file{.config = {}, .folder = folder};
    // Only the first of several documents, as the exporter toolkit does.
    const YAML::Node root = YAML::Load(text);
    if (root) read_fields(root, "the file", kFileFields, file);
    return std::move(file.config);
  } catch (const YAML::Exception& problem) {
    const YAML::Mark& mark = problem.mark;
    const std::string place = mark.is_null() ? ""
                                             : std::to_string(mark.line + 1) + ":" +
                                                   std::to_string(mark.column + 1) + ": ";
    return Error{.code = 0, .message = place + problem.msg};
  }
}

}  // namespace packetdrop
