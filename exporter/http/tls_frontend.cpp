// SPDX-License-Identifier: Apache-2.0
// The OpenSSL context from which civetweb makes connections.
#include "http/tls_frontend.h"

#include <exception>
#include <utility>

namespace packetdrop {

TlsFrontend::TlsFrontend(IdentityInForce identity) : identity_(std::move(identity)) {
  if (!identity_()) return;
  context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const context = context_.get();
  // The identity has the limits; this context must not exclude anything before they apply.
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  // A resumed session would let a client in by the rules of the time when the session began.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_client_hello_cb(context, on_client_hello, this);
}

int TlsFrontend::on_client_hello(SSL* connection, int* alert, void* self) {
  try {
    auto identity = static_cast<const TlsFrontend*>(self)->identity_();
    if (TlsIdentity::apply(std::move(identity), connection)) return SSL_CLIENT_HELLO_SUCCESS;
  } catch (const std::exception&) {
    // No memory: only this connection fails. No exception may cross OpenSSL, which is C.
  }
  *alert = SSL_AD_INTERNAL_ERROR;
  return SSL_CLIENT_HELLO_ERROR;
}

}  // namespace packetdrop
