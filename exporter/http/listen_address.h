// SPDX-License-Identifier: Apache-2.0
// Turns --web.listen-address into what civetweb listens on.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"

namespace packetdrop {

struct ListenAddress {
  std::string host;      // as the user wrote it; of a Unix socket all of it
  std::string civetweb;  // as civetweb wants it; not of a Unix socket
  bool is_unix = false;
};

// ":PORT" is IPv4 and IPv6, or IPv4 alone on a kernel without IPv6. The error names the address.
// SIGTERM and SIGINT end the process while it waits for the resolver: call it before anything
// listens.
Result<ListenAddress> parse_listen_address(std::string_view text);

// Removes the socket that an exporter that is gone left at "unix:/PATH". Never waits. The error
// says that somebody has it open, that something else is there, or why that cannot be found out.
Result<void> make_way_for_socket(const std::string& address);

// What bind() made of a Unix socket's name.
struct SocketFile {
  std::string path;
  dev_t device = 0;
  ino_t inode = 0;
};

// Binds it to "unix:/PATH", where its owner and its group may connect, and at no moment anybody
// else.
Result<SocketFile> bind_unix_socket(int socket, const std::string& address);

// Leaves what somebody else put in its place. To be called while the socket is open: so long its
// inode is nobody else's, and another exporter finds the address in use.
void remove_socket_file(const SocketFile& file);

}  // namespace packetdrop
