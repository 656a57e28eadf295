// SPDX-License-Identifier: Apache-2.0
// Requests one URL of a running exporter: for health checks in an image without a shell, and for
// servers that require a client certificate, which the kubelet cannot present.
#pragma once

#include <string>

#include "base/result.h"
#include "config/options.h"

namespace packetdrop {

// Whether probe() can ask `url`. The error says what is wrong with it, and what is right.
Result<void> check_probe_url(const std::string& url);

// The body of a 2xx answer. For any other answer the error has its status and body. The server's
// certificate is not verified, as in the kubelet: this checks whether the server is alive, not who
// it is.
Result<std::string> probe(const ProbeOptions& options);

}  // namespace packetdrop
