// SPDX-License-Identifier: Apache-2.0
// civetweb's sockets, threads and TLS, with serve.patch: a callback decides which connections it
// serves, and another one reads their requests. Declared in exporter/http/civetweb_connection.h.
#define _GNU_SOURCE // accept4()
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

struct mg_connection;
struct mg_context;
struct socket;

static int packetdrop_accept(struct mg_context *ctx, const struct socket *listener, struct sockaddr *peer,
			     socklen_t *length);
static void packetdrop_serve_connection(struct mg_connection *conn);
void (*packetdrop_serve)(void *server, struct mg_connection *connection);

static int packetdrop_poll(struct pollfd *sockets, unsigned int count, int milliseconds, const volatile void *stop_flag);
static int packetdrop_bind(struct mg_context *ctx, int socket, const struct sockaddr *address, socklen_t size);

// In civetweb only mg_poll() polls, and only set_ports_option() binds; they have these names.
#define poll(sockets, count, milliseconds) packetdrop_poll(sockets, count, milliseconds, stop_flag)
#define bind(socket, address, size) packetdrop_bind(phys_ctx, socket, address, size)
// In civetweb only accept_new_connection() accepts, and it has both names.
#define accept(socket, peer, length) packetdrop_accept(ctx, listener, peer, length)
#include "civetweb.c"
#undef accept
#undef bind
#undef poll

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

int (*packetdrop_wait_for_clients)(void *server, struct mg_context *ctx, struct pollfd *listeners, unsigned int count);
int (*packetdrop_wait_for_client)(void *server, struct pollfd *client, int milliseconds);
int (*packetdrop_bind_unix)(void *server, int socket, const char *name);

static int packetdrop_poll(struct pollfd *sockets, unsigned int count, int milliseconds, const volatile void *stop_flag)
{
	struct mg_context *ctx = (struct mg_context *)((char *)stop_flag - offsetof(struct mg_context, stop_flag));
	const struct mg_workerTLS *thread = pthread_getspecific(sTlsKey);

	if (!packetdrop_wait_for_clients)
		return poll(sockets, count, milliseconds < 200 ? milliseconds : 200);
	if (thread && thread->is_master)
		return packetdrop_wait_for_clients(ctx->user_data, ctx, sockets, count);
	return packetdrop_wait_for_client(ctx->user_data, sockets, milliseconds);
}

static int packetdrop_bind(struct mg_context *ctx, int socket, const struct sockaddr *address, socklen_t size)
{
	if (address->sa_family == AF_UNIX && packetdrop_bind_unix)
		return packetdrop_bind_unix(ctx->user_data, socket, ((const struct sockaddr_un *)address)->sun_path);
	return bind(socket, address, size);
}

static void packetdrop_serve_connection(struct mg_connection *conn)
{
	init_connection(conn);
	conn->connection_type = CONNECTION_TYPE_REQUEST; // or mg_get_request_info() knows nothing
	packetdrop_serve(conn->phys_ctx->user_data, conn);
	close_connection(conn);
}

char *packetdrop_buffer(struct mg_connection *connection, int *size)
{
	*size = connection->buf_size;
	return connection->buf;
}

int packetdrop_wait(struct mg_connection *connection, short events, int milliseconds)
{
	struct mg_pollfd client = { .fd = connection->client.sock, .events = events };

	return mg_poll(&client, 1, milliseconds, &connection->phys_ctx->stop_flag);
}

int packetdrop_receive(struct mg_connection *connection, char *to, int size, int milliseconds)
{
	return pull_inner(NULL, connection, to, size, milliseconds / 1000.0);
}

int packetdrop_send(struct mg_connection *connection, const char *from, int size, int milliseconds)
{
	return push_inner(connection->phys_ctx, NULL, connection->client.sock, connection->ssl, from, size,
			  milliseconds / 1000.0);
}

int packetdrop_wants_tls(const struct mg_connection *connection)
{
	return connection->client.is_ssl;
}

static int packetdrop_later(SSL *tls)
{
	return 1;
}

// sslize() counts turns, as many as there are 50 ms in its time, however short each is: it would
// drop a client whose hello comes in more pieces.
void *packetdrop_begin_tls(struct mg_connection *connection)
{
	return sslize(connection, packetdrop_later, NULL) ? connection->ssl : NULL;
}

int packetdrop_connection_socket(const struct mg_connection *connection)
{
	return connection->client.sock;
}

void *packetdrop_connection_tls(const struct mg_connection *connection)
{
	return connection->ssl;
}
