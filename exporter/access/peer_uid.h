// SPDX-License-Identifier: Apache-2.0
// Finds the uid of the peer of a connection from this machine.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace packetdrop {

// The uid that owns the socket that `socket` is connected to, as this user namespace sees it. The
// error says why it is unknown: the peer is on another machine, in another network namespace, or
// gone. A Unix socket has the uid that connected (SO_PEERCRED). For TCP, sock_diag(7) needs no
// privilege: inet_diag_find_one_icsk() finds the socket by both addresses and ports, in the network
// namespace of the caller.
Result<uid_t> peer_uid(int socket);

}  // namespace packetdrop
