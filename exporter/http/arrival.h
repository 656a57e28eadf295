// SPDX-License-Identifier: Apache-2.0
// Looks at what has arrived on a socket, and leaves it there.
#pragma once

namespace packetdrop {

// Whether a worker could act at once: on a complete request, on one that can only be refused, on
// the first message of TLS, or on the end of the connection.
bool has_request_arrived(int socket);

}  // namespace packetdrop
