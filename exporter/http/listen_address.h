// SPDX-License-Identifier: Apache-2.0
// Turns --web.listen-address into what civetweb listens on.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

struct ListenAddress {
  std::string host;      // as the user wrote it; for a Unix socket the whole address
  std::string civetweb;  // as civetweb expects it; not for a Unix socket
  bool is_unix = false;
};

// ":PORT" is IPv4 and IPv6, or IPv4 only on a kernel without IPv6. The error names the address.
// SIGTERM and SIGINT end the process while it waits for the resolver: call it before anything
// listens.
Result<ListenAddress> parse_listen_address(std::string_view text);

// Removes the socket that a dead exporter left at "unix:/PATH". Never waits. The error says that a
// process has it open, that the path is no socket, or why that is unknown.
Result<void> make_way_for_socket(const std::string& address);

// What bind() made of a Unix socket's name.
struct SocketFile {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
};

// Binds it to "unix:/PATH". Only its owner and its group can connect, at every moment.
Result<SocketFile> bind_unix_socket(int socket, const std::string& address);

// Leaves a file that somebody else put in its place. Call it while the socket is open: until then
// nobody else can have its inode, and another exporter finds the address in use.
void remove_socket_file(const SocketFile& file);

}  // namespace packetdrop
