// SPDX-License-Identifier: Apache-2.0
// What a TlsConfig makes of its files, ready for OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <string>

#include "base/free_by.h"
#include "web_config/web_config.h"

namespace packetdrop {

// Certificate, key, authorities and rules of TLS as they were at one moment. Immutable. Each
// connection owns the one that its handshake began with, until SSL_free().
class TlsIdentity {
 public:
  // Reads the files. The error names the key of the configuration and the file, never its content.
  // `before`, which may be null, is what this one is to replace.
  static Result<std::shared_ptr<const TlsIdentity>> load(const TlsConfig& config,
                                                         const TlsIdentity* before = nullptr);

  // `next` is in force now: whom this one verified by other rules than those is no longer verified.
  void give_way_to(const TlsIdentity& next) const;

  // Makes a connection of another context go on by `identity`, which it owns from then on. For
  // OpenSSL's client hello callback, the last moment at which the version is still open. False
  // where OpenSSL refuses.
  static bool apply(std::shared_ptr<const TlsIdentity> identity, SSL* connection);

  // Whether the client showed a certificate in that connection's handshake, and it was verified, by
  // the authorities and names that still are in force. False for null, a connection without TLS.
  static bool has_verified(const SSL* connection);

 private:
  explicit TlsIdentity(const TlsConfig& config);
  Result<void> use_certificate();
  Result<void> use_client_authorities();
  Result<void> use_rules();
  bool configure(SSL* connection) const;
  static int verify(X509_STORE_CTX* chain, void*);
  bool is_allowed(X509* certificate) const;
  bool asks_the_same_of_clients(const TlsIdentity& other) const;

  TlsConfig config_;
  std::string client_ca_text_;
  // Shared by those that ask the same of clients.
  std::shared_ptr<std::atomic<bool>> client_rules_in_force_;
  std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>> context_;
};

}  // namespace packetdrop
