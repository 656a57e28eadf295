// SPDX-License-Identifier: Apache-2.0
// Tells which user is at the other end of a connection that comes from this machine.
#pragma once

#include <sys/types.h>

#include "base/result.h"

namespace packetdrop {

// The uid that owns the socket that `socket` is connected to, as this user namespace sees it. The
// error says why it is unknown: it is on another machine, in another network namespace, or gone.
// Unix sockets have it with them (SO_PEERCRED: who connected). For TCP the kernel is asked by
// sock_diag(7), which takes no privilege: its inet_diag_find_one_icsk() looks the socket up by its
// four numbers, in the network namespace of the caller.
Result<uid_t> peer_uid(int socket);

}  // namespace packetdrop
