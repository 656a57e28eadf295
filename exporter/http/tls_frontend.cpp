// SPDX-License-Identifier: Apache-2.0
// The OpenSSL context that civetweb makes connections of.
#include "http/tls_frontend.h"

#include <exception>

namespace packetdrop {

TlsFrontend::TlsFrontend(WebAccess& access) {
  const WebAccess::State state = access.state();
  if (!state || !state->identity) return;
  context_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* const context = context_.get();
  // The identity has what is allowed; here nothing may be ruled out before it is asked.
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  // A session that is resumed would bring a client in by what was in force when it began.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_client_hello_cb(context, on_client_hello, &access);
}

int TlsFrontend::on_client_hello(SSL* connection, int* alert, void* access) {
  try {
    const WebAccess::State state = static_cast<WebAccess*>(access)->state();
    if (TlsIdentity::apply(state->identity, connection)) return SSL_CLIENT_HELLO_SUCCESS;
  } catch (const std::exception&) {
    // No memory: it costs this connection; OpenSSL is C, which no exception may pass through.
  }
  *alert = SSL_AD_INTERNAL_ERROR;
  return SSL_CLIENT_HELLO_ERROR;
}

}  // namespace packetdrop
