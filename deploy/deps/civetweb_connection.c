// SPDX-License-Identifier: Apache-2.0
// civetweb as it is, but that it asks which connections it may serve, and tells what it keeps
// to itself. Declared in exporter/http/civetweb_connection.h.
#define _GNU_SOURCE // accept4()
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

struct mg_context;
struct socket;

static int packetdrop_accept(struct mg_context *ctx, const struct socket *listener, struct sockaddr *peer,
			     socklen_t *length);
// In civetweb only accept_new_connection() accepts, and it has both names.
#define accept(socket, peer, length) packetdrop_accept(ctx, listener, peer, length)
#include "civetweb.c"
#undef accept

int (*packetdrop_admit)(void *server, const void *listener, int socket, const struct sockaddr *peer);

// What accept_new_connection() is to go on with instead of a new connection.
static __thread const struct sockaddr *resumed_peer;
static __thread int resumed_socket;

socklen_t packetdrop_address_size(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET6)
		return sizeof(struct sockaddr_in6);
	return address->sa_family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(sa_family_t);
}

static int packetdrop_accept(struct mg_context *ctx, const struct socket *listener, struct sockaddr *peer,
			     socklen_t *length)
{
	int socket;

	if (resumed_peer) {
		*length = packetdrop_address_size(resumed_peer);
		memcpy(peer, resumed_peer, *length);
		return resumed_socket;
	}
	socket = accept4(listener->sock, peer, length, SOCK_CLOEXEC);
	if (!packetdrop_admit)
		return socket;
	if (socket < 0 && errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
		return socket;
	return packetdrop_admit(ctx->user_data, listener, socket, peer) ? socket : -1;
}

void packetdrop_resume(struct mg_context *ctx, const void *listener, int socket, const struct sockaddr *peer)
{
	resumed_peer = peer;
	resumed_socket = socket;
	accept_new_connection(listener, ctx);
	resumed_peer = NULL;
}

int packetdrop_is_accepting(const struct mg_context *ctx)
{
	return ctx->masterthreadid != 0;
}

const struct sockaddr *packetdrop_connection_peer(const struct mg_connection *connection)
{
	return &connection->client.rsa.sa;
}

const char *packetdrop_connection_overflow(const struct mg_connection *connection, int *length)
{
	*length = connection->data_len;
	return connection->data_len >= connection->buf_size ? connection->buf : NULL;
}

int packetdrop_connection_socket(const struct mg_connection *connection)
{
	return connection->client.sock;
}

void *packetdrop_connection_tls(const struct mg_connection *connection)
{
	return connection->ssl;
}
