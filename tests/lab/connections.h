// SPDX-License-Identifier: Apache-2.0
// Short connections, as a busy web server has them.
#pragma once

#include <string>

#include "base/result.h"
#include "lab/netns.h"

namespace packetdrop::lab {

// `count` times: connect to a server on `address`, one request, one answer, and the server closes.
// Each is closed at both ends before the next begins.
Result<void> short_connections(const NetNs& client, const NetNs& server, const std::string& address,
                               int count);

// Resets that TCP has sent from there, each in answer to a segment that found no connection or did
// not fit to the one it found (OutRsts in /proc/net/snmp).
Result<int> sent_resets(const NetNs& ns);

}  // namespace packetdrop::lab
