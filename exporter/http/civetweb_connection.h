// SPDX-License-Identifier: Apache-2.0
// What civetweb does not tell about a connection, and a say in which ones it serves; defined in
// deploy/deps/civetweb_connection.c.
#pragma once

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

// What came of a request whose head is longer than max_request_size; null of any other.
const char* packetdrop_connection_overflow(const mg_connection* connection, int* length);

// The connection's socket, which stays civetweb's.
int packetdrop_connection_socket(const mg_connection* connection);

// Its SSL*, null without TLS; it stays civetweb's.
void* packetdrop_connection_tls(const mg_connection* connection);

}  // extern "C"
