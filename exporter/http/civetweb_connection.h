// SPDX-License-Identifier: Apache-2.0
// What civetweb does not tell about a connection, and a say in which ones it serves; defined in
// http/civetweb/connection.c.
#pragma once

#include <poll.h>
#include <sys/socket.h>

struct mg_connection;
struct mg_context;

extern "C" {

// Asked on the accepting thread for each new connection, with the context's user data; null asks
// nobody. 0: civetweb leaves the socket to the one who was asked. A socket of -1 says that there
// was no descriptor or memory for it.
extern int (*packetdrop_admit)(void* server, const void* listener, int socket,
                               const sockaddr* peer);

// Gives civetweb a connection that it was once told to leave. From any thread.
void packetdrop_resume(mg_context* context, const void* listener, int socket, const sockaddr* peer);

// 0 where mg_start() could not have the thread that accepts, of which it says nothing; such a
// context cannot be stopped.
int packetdrop_is_accepting(const mg_context* context);

// Bytes of an address of what civetweb listens on; of a Unix socket's peer, of no name.
socklen_t packetdrop_address_size(const sockaddr* address);

// The other end of a connection, also once that is closed; civetweb's.
const sockaddr* packetdrop_connection_peer(const mg_connection* connection);

// Serves one connection, on a worker's thread, with the context's user data, until it returns; then
// civetweb closes it. Null: civetweb reads requests and answers them by itself.
extern void (*packetdrop_serve)(void* server, mg_connection* connection);

// As poll(): of the accepting thread, until somebody connects, and of a worker, until its one
// client is ready or the time has passed. They must end once the server stops.
extern int (*packetdrop_wait_for_clients)(void* server, mg_context* context, pollfd* listeners,
                                          unsigned count);
extern int (*packetdrop_wait_for_client)(void* server, pollfd* client, int milliseconds);

// As bind(), to the Unix socket that civetweb was told as "x" and this name.
extern int (*packetdrop_bind_unix)(void* server, int socket, const char* name);

// The connection's own memory for what is received, of max_request_size bytes.
char* packetdrop_buffer(mg_connection* connection, int* size);

// Until one of these events of poll(): 1; 0 after that time or, to send, before it, below 0 where
// the server stops or the connection is broken.
int packetdrop_wait(mg_connection* connection, short events, int milliseconds);

// Bytes, above 0; -1 after that time or, with TLS, before it; -2 where nothing will come any more.
int packetdrop_receive(mg_connection* connection, char* to, int size, int milliseconds);
int packetdrop_send(mg_connection* connection, const char* from, int size, int milliseconds);

// Whether it came by an address that speaks TLS.
int packetdrop_wants_tls(const mg_connection* connection);

// Its SSL*, which has its socket and has not begun the handshake; null where there is no memory.
void* packetdrop_begin_tls(mg_connection* connection);

// The connection's socket, which stays civetweb's.
int packetdrop_connection_socket(const mg_connection* connection);

// Its SSL*, null without TLS; it stays civetweb's.
void* packetdrop_connection_tls(const mg_connection* connection);

}  // extern "C"
