// SPDX-License-Identifier: Apache-2.0
// The OpenSSL context that civetweb makes connections of, each of which goes on with the
// certificate that the web configuration names at that moment.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "base/free_by.h"
#include "http/web_access.h"

namespace packetdrop {

class TlsFrontend {
 public:
  // `access` must outlive it.
  explicit TlsFrontend(WebAccess& access);

  bool is_on() const { return context_ != nullptr; }
  SSL_CTX* context() const { return context_.get(); }

 private:
  static int on_client_hello(SSL* connection, int* alert, void* access);

  std::unique_ptr<SSL_CTX, FreeBy<SSL_CTX_free>> context_;  // null without TLS
};

}  // namespace packetdrop
