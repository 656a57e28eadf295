// SPDX-License-Identifier: Apache-2.0
// Access to what civetweb hides of a connection, and callbacks that decide which connections it
// serves. Defined in http/civetweb/connection.c.
#pragma once

#include <poll.h>
#include <sys/socket.h>

struct mg_connection;
struct mg_context;

extern "C" {

// Called on the accepting thread for each new connection, with the context's user data; may be
// null. Returns 0 if the callback keeps the socket. A socket of -1: there was no descriptor or no
// memory for the connection.
extern int (*packetdrop_admit)(void* server, const void* listener, int socket,
                               const sockaddr* peer);

// Gives civetweb a connection that packetdrop_admit kept. Any thread may call it.
void packetdrop_resume(mg_context* context, const void* listener, int socket, const sockaddr* peer);

// 0 if mg_start() could not create the accepting thread, which it does not report. Such a context
// cannot be stopped.
int packetdrop_is_accepting(const mg_context* context);

// Bytes of an address of what civetweb listens on; of a Unix socket's peer, of no name.
socklen_t packetdrop_address_size(const sockaddr* address);

// The other end of a connection, also after it is closed. Owned by civetweb.
const sockaddr* packetdrop_connection_peer(const mg_connection* connection);

// Serves one connection, on a worker's thread, with the context's user data, until it returns; then
// civetweb closes it. Null: civetweb reads requests and answers them by itself.
extern void (*packetdrop_serve)(void* server, mg_connection* connection);

// Like poll(). The accepting thread waits until somebody connects, a worker until its client is
// ready or the time has passed. Both must return once the server stops.
extern int (*packetdrop_wait_for_clients)(void* server, mg_context* context, pollfd* listeners,
                                          unsigned count);
extern int (*packetdrop_wait_for_client)(void* server, pollfd* client, int milliseconds);

// Like bind(), for the Unix socket that civetweb knows as "x" followed by this name.
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
