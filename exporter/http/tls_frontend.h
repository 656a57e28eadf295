// SPDX-License-Identifier: Apache-2.0
// The OpenSSL context that civetweb makes connections of, each of which goes on with the
// certificate that the web configuration names at that moment.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "http/web_access.h"

namespace packetdrop {

class TlsFrontend {
 public:
  // `access` must outlive it.
  explicit TlsFrontend(WebAccess& access);

  bool is_on() const { return context_ != nullptr; }
  SSL_CTX* context() const { return context_.get(); }

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };

  static int on_client_hello(SSL* connection, int* alert, void* access);

  std::unique_ptr<SSL_CTX, FreeContext> context_;  // null without TLS
};

}  // namespace packetdrop
