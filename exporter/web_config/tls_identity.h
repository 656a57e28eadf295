// SPDX-License-Identifier: Apache-2.0
// What a TlsConfig makes of its files, ready for OpenSSL.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "base/free_by.h"
#include "web_config/web_config.h"

namespace packetdrop {

// Certificate, key, authorities and rules of TLS as they were at one moment. Immutable. Each
// connection owns the one that its client was last verified by, first the one that its handshake
// began with, until SSL_free().
class TlsIdentity {
 public:
  // Reads the files. The error names the key of the configuration and the file, never its content.
  static Result<std::shared_ptr<const TlsIdentity>> load(const TlsConfig& config);

  // Makes a connection of another context go on by `identity`, which it owns from then on. For
  // OpenSSL's client hello callback, the last moment at which the version is still open. False
  // where OpenSSL refuses.
  static bool apply(std::shared_ptr<const TlsIdentity> identity, SSL* connection);

  // Whether the client showed a certificate in that connection's handshake that was verified then,
  // and is so by `in_force` too; who once is not, stays so until the next handshake. False for
  // null, a connection without TLS. For the thread that serves the connection. Costs a look at the
  // certificate's chain the first time that it is asked by another `in_force`.
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
