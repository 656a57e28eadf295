// SPDX-License-Identifier: Apache-2.0
// Looks at what has arrived on a socket, and leaves it there.
#pragma once

namespace packetdrop {

// Whether a worker would have something to do at once: a whole request, or what can only be
// refused, or the first message of TLS, or the end of the connection.
bool has_request_arrived(int socket);

}  // namespace packetdrop
