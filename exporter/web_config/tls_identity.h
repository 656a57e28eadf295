// SPDX-License-Identifier: Apache-2.0
// The files of a TlsConfig, loaded for OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "base/free_by.h"
#include "web_config/web_config.h"

namespace packetdrop {

// Certificate, key, authorities and TLS settings at one moment. Immutable. Each connection owns a
// share of the identity that last verified its client, at first the one of its handshake, until
// SSL_free().
class TlsIdentity {
 public:
  // Reads the files. The error names the configuration key and the file, never its content.
  static Result<std::shared_ptr<const TlsIdentity>> load(const TlsConfig& config);

  // Switches a connection of another context to `identity`, and gives it a share. For OpenSSL's
  // client hello callback, the last moment before the version is fixed. False if OpenSSL refuses.
  static bool apply(std::shared_ptr<const TlsIdentity> identity, SSL* connection);

  // Whether the client's certificate was verified in the handshake and is valid under `in_force`,
  // too. Once it is not, it stays invalid until the next handshake. False for null, a connection
  // without TLS. Call it on the thread that serves the connection. Verifies the chain again only
  // when `in_force` has changed.
  static bool has_verified(const SSL* connection,
                           const std::shared_ptr<const TlsIdentity>& in_force);

 private:
  explicit TlsIdentity(const TlsConfig& config);
  Result<void> use_certificate();
  Result<void> use_client_authorities();
  Result<void> use_rules();
  bool configure(SSL* connection) const;
  static int verify(X509_STORE_CTX* chain, void*);
  bool is_allowed(X509* certificate) const;
  bool verifies_again(const SSL* connection) const;

  TlsConfig config_;
  std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>> context_;
};

}  // namespace packetdrop
