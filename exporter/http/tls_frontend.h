// SPDX-License-Identifier: Apache-2.0
// The OpenSSL context from which civetweb makes connections. Each connection uses the certificate
// that is in force at its handshake.
#pragma once

#include <openssl/ssl.h>

#include <functional>
#include <memory>

#include "base/free_by.h"
#include "web_config/tls_identity.h"

namespace packetdrop {

class TlsFrontend {
 public:
  using IdentityInForce = std::function<std::shared_ptr<const TlsIdentity>()>;

  // Many threads call `identity` at one time.
  explicit TlsFrontend(IdentityInForce identity);
  TlsFrontend(const TlsFrontend&) = delete;  // OpenSSL knows its address
  TlsFrontend& operator=(const TlsFrontend&) = delete;

  bool is_on() const { return context_ != nullptr; }
  SSL_CTX* context() const { return context_.get(); }

 private:
  static int on_client_hello(SSL* connection, int* alert, void* self);

  const IdentityInForce identity_;
  std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>> context_;  // null without TLS
};

}  // namespace packetdrop
