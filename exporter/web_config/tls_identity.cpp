// SPDX-License-Identifier: Apache-2.0
// Loads certificate, key and authorities into OpenSSL, and verifies client certificates.
#include "web_config/tls_identity.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/file.h"
#include "base/free_by.h"

namespace packetdrop {
namespace {

constexpr std::size_t kPemLimit = std::size_t{4} * 1024 * 1024;

void free_names(GENERAL_NAMES* names) { GENERAL_NAMES_free(names); }
using Bio = std::unique_ptr<BIO, FreeBy<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, FreeBy<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeBy<EVP_PKEY_free>>;
using Chain = std::unique_ptr<X509_STORE_CTX, FreeBy<X509_STORE_CTX_free>>;
using Names = std::unique_ptr<GENERAL_NAMES, FreeBy<free_names>>;

// With OpenSSL's reason, which is about formats and never repeats contents.
Error tls_error(const std::string& what) {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return {.code = 0, .message = what + (reason == nullptr ? "" : ": " + std::string(reason))};
}

std::string where(std::string_view key, const PemText& pem) {
  return "tls_server_config: " + std::string(key) + (pem.file.empty() ? "" : "_file " + pem.file);
}

Result<std::string> read(std::string_view key, const PemText& pem) {
  if (pem.file.empty()) return pem.text;
  Result<std::string> text = read_file(pem.file, kPemLimit);
  if (!text)
    return Error{.code = text.error().code,
                 .message = where(key, pem) + ": " + text.error().message};
  return text;
}

Bio open(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Nobody can enter a pass phrase here.
int no_pass_phrase(char*, int, int, void*) { return 0; }

// All certificates in `text`, at least one. A file that ends inside a certificate is an error: the
// ones before it are not the whole chain.
Result<std::vector<Certificate>> certificates_of(const std::string& where,
                                                 const std::string& text) {
  std::vector<Certificate> found;
  ERR_clear_error();
  const Bio bio = open(text);
  while (X509* next = PEM_read_bio_X509_AUX(bio.get(), nullptr, no_pass_phrase, nullptr))
    found.emplace_back(next);
  const unsigned long end = ERR_peek_last_error();
  if (ERR_GET_LIB(end) != ERR_LIB_PEM || ERR_GET_REASON(end) != PEM_R_NO_START_LINE)
    return tls_error(where + ": certificate " + std::to_string(found.size() + 1));
  ERR_clear_error();  // remove the error "no more certificates"
  if (found.empty()) return Error{.code = 0, .message = where + ": holds no certificate (PEM)"};
  return found;
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

// The shortest form, as Go prints an address.
std::string address_of(const ASN1_OCTET_STRING* bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = ASN1_STRING_length(bytes) == 4 ? AF_INET : AF_INET6;
  if (ASN1_STRING_length(bytes) != 4 && ASN1_STRING_length(bytes) != 16) return "";
  ::inet_ntop(family, ASN1_STRING_get0_data(bytes), text.data(), text.size());
  return text.data();
}

std::string text_of(const GENERAL_NAME* name) {
  switch (name->type) {
    case GEN_DNS:
    case GEN_EMAIL:
    case GEN_URI:
      return text_of(name->d.ia5);
    case GEN_IPADD:
      return address_of(name->d.iPAddress);
    default:
      return "";
  }
}

// What a connection owns. OpenSSL keeps only bare pointers, and the identity in force may be
// replaced during a handshake, so each connection has its own share.
struct Bond {
  std::shared_ptr<const TlsIdentity> identity;
  bool verified = false;
};

void free_bond(void*, void* bond, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Bond*>(bond);
}

// A copy of a connection by SSL_dup() starts without an identity and verifies no client.
int drop_bond(CRYPTO_EX_DATA*, const CRYPTO_EX_DATA*, void** bond, int, long, void*) {
  *bond = nullptr;
  return 1;
}

int bond_index() {
  static const int kIndex = SSL_get_ex_new_index(0, nullptr, nullptr, drop_bond, free_bond);
  return kIndex;
}

Bond* bond_of(const SSL* connection) {
  return static_cast<Bond*>(SSL_get_ex_data(connection, bond_index()));
}

bool bind(std::shared_ptr<const TlsIdentity> identity, SSL* connection) {
  if (Bond* const bond = bond_of(connection)) {
    *bond = {.identity = std::move(identity), .verified = false};
    return true;
  }
  auto bond = std::make_unique<Bond>(Bond{.identity = std::move(identity), .verified = false});
  if (SSL_set_ex_data(connection, bond_index(), bond.get()) != 1) return false;
  static_cast<void>(bond.release());
  return true;
}

bool must_verify(ClientAuth auth) {
  return auth == ClientAuth::kVerifyIfGiven || auth == ClientAuth::kRequireAndVerify;
}

int verify_mode(ClientAuth auth) {
  switch (auth) {
    case ClientAuth::kNone:
      return SSL_VERIFY_NONE;
    case ClientAuth::kRequest:
    case ClientAuth::kVerifyIfGiven:
      return SSL_VERIFY_PEER;
    case ClientAuth::kRequireAny:
    case ClientAuth::kRequireAndVerify:
      return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  }
  return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
}

}  // namespace

TlsIdentity::TlsIdentity(const TlsConfig& config)
    : config_(config), context_(SSL_CTX_new(TLS_server_method())) {}

Result<void> TlsIdentity::use_certificate() {
  const Result<std::string> chain_text = read("cert", config_.certificate);
  if (!chain_text) return chain_text.error();
  const Result<std::string> key_text = read("key", config_.key);
  if (!key_text) return key_text.error();
  const auto certificates = certificates_of(where("cert", config_.certificate), *chain_text);
  if (!certificates) return certificates.error();
  const std::vector<Certificate>& chain = *certificates;
  const Bio key_bio = open(*key_text);
  const Key key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_pass_phrase, nullptr));
  if (!key) return tls_error(where("key", config_.key) + ": holds no key that can be read");
  if (SSL_CTX_use_certificate(context_.get(), chain[0].get()) != 1)
    return tls_error(where("cert", config_.certificate));
  for (std::size_t i = 1; i < chain.size(); i++)
    if (SSL_CTX_add1_chain_cert(context_.get(), chain[i].get()) != 1)
      return tls_error(where("cert", config_.certificate));
  if (SSL_CTX_use_PrivateKey(context_.get(), key.get()) != 1 ||
      SSL_CTX_check_private_key(context_.get()) != 1)
    return tls_error(where("key", config_.key) + ": does not belong to the certificate");
  return {};
}

Result<void> TlsIdentity::use_client_authorities() {
  SSL_CTX_set_verify(context_.get(), verify_mode(config_.client_auth), nullptr);
  SSL_CTX_set_cert_verify_callback(context_.get(), verify, nullptr);
  if (!config_.client_ca.is_set()) return {};
  const Result<std::string> text = read("client_ca", config_.client_ca);
  if (!text) return text.error();
  const auto authorities = certificates_of(where("client_ca", config_.client_ca), *text);
  if (!authorities) return authorities.error();
  for (const Certificate& authority : *authorities)
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context_.get()), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context_.get(), authority.get()) != 1)
      return tls_error(where("client_ca", config_.client_ca));
  return {};
}

Result<void> TlsIdentity::use_rules() {
  SSL_CTX* const context = context_.get();
  // OpenSSL 3 allows TLS 1.0 and 1.1 only at this security level.
  if (config_.min_version < TLS1_2_VERSION) SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, config_.min_version);
  SSL_CTX_set_max_proto_version(context, config_.max_version);
  if (!config_.ciphers.empty() && SSL_CTX_set_cipher_list(context, config_.ciphers.c_str()) != 1)
    return tls_error("tls_server_config: cipher_suites");
  if (!config_.groups.empty() && SSL_CTX_set1_groups_list(context, config_.groups.c_str()) != 1)
    return tls_error("tls_server_config: curve_preferences");
  return {};
}

Result<std::shared_ptr<const TlsIdentity>> TlsIdentity::load(const TlsConfig& config) {
  std::shared_ptr<TlsIdentity> identity(new TlsIdentity(config));
  if (!identity->context_) return tls_error("tls_server_config");
  for (const auto step : {&TlsIdentity::use_certificate, &TlsIdentity::use_client_authorities,
                          &TlsIdentity::use_rules})
    if (Result<void> done = (*identity.*step)(); !done) return done.error();
  return std::shared_ptr<const TlsIdentity>(std::move(identity));
}

bool TlsIdentity::apply(std::shared_ptr<const TlsIdentity> identity, SSL* connection) {
  const TlsIdentity& applied = *identity;
  return bind(std::move(identity), connection) && applied.configure(connection);
}

bool TlsIdentity::configure(SSL* connection) const {
  SSL_CTX* const context = context_.get();
  // The context has certificate, key and the verify function; the rest belongs to the connection.
  if (SSL_set_SSL_CTX(connection, context) == nullptr) return false;
  SSL_set_verify(connection, SSL_CTX_get_verify_mode(context), nullptr);
  SSL_set_security_level(connection, SSL_CTX_get_security_level(context));
  return SSL_set1_verify_cert_store(connection, SSL_CTX_get_cert_store(context)) == 1 &&
         SSL_set_min_proto_version(connection, config_.min_version) == 1 &&
         SSL_set_max_proto_version(connection, config_.max_version) == 1 &&
         (config_.ciphers.empty() ||
          SSL_set_cipher_list(connection, config_.ciphers.c_str()) == 1) &&
         (config_.groups.empty() || SSL_set1_groups_list(connection, config_.groups.c_str()) == 1);
}

bool TlsIdentity::has_verified(const SSL* connection,
                               const std::shared_ptr<const TlsIdentity>& in_force) {
  Bond* const bond = connection == nullptr ? nullptr : bond_of(connection);
  if (bond == nullptr || !in_force) return false;
  if (bond->identity != in_force) {
    bond->verified = bond->verified && in_force->verifies_again(connection);
    bond->identity = in_force;
  }
  return bond->verified;
}

// As OpenSSL does in a handshake, with the certificates from the client's handshake.
bool TlsIdentity::verifies_again(const SSL* connection) const {
  if (!must_verify(config_.client_auth)) return false;
  const Certificate shown(SSL_get1_peer_certificate(connection));
  const Chain chain(X509_STORE_CTX_new());
  if (!shown || !chain) return false;
  const bool is_ready =
      X509_STORE_CTX_init(chain.get(), SSL_CTX_get_cert_store(context_.get()), shown.get(),
                          SSL_get_peer_cert_chain(connection)) == 1 &&
      X509_STORE_CTX_set_default(chain.get(), "ssl_client") == 1;
  if (is_ready)
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(chain.get()),
                                     SSL_CTX_get_security_level(context_.get()));
  const bool verified = is_ready && X509_verify_cert(chain.get()) == 1 && is_allowed(shown.get());
  ERR_clear_error();
  return verified;
}

// Replaces OpenSSL's own verification. 1: the client is accepted.
int TlsIdentity::verify(X509_STORE_CTX* chain, void*) {
  const auto* const connection = static_cast<const SSL*>(
      X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  Bond* const bond = connection == nullptr ? nullptr : bond_of(connection);
  if (bond == nullptr) {
    X509_STORE_CTX_set_error(chain, X509_V_ERR_UNSPECIFIED);
    return 0;
  }
  const bool verifies = must_verify(bond->identity->config_.client_auth);
  if (verifies && X509_verify_cert(chain) != 1) return 0;
  if (!bond->identity->is_allowed(X509_STORE_CTX_get0_cert(chain))) {
    X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
  }
  bond->verified = verifies;
  return 1;
}

bool TlsIdentity::is_allowed(X509* certificate) const {
  const auto& allowed = config_.client_allowed_sans;
  if (!allowed) return true;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); i++) {
    const std::string name = text_of(sk_GENERAL_NAME_value(names.get(), i));
    if (!name.empty() && std::ranges::find(*allowed, name) != allowed->end()) return true;
  }
  return false;
}

}  // namespace packetdrop
