// SPDX-License-Identifier: Apache-2.0
// Asks a running exporter one URL: for probes in an image that has no shell, and where a client
// certificate is asked for, which the kubelet cannot show.
#pragma once

#include <string>

#include "base/result.h"
#include "config/options.h"

namespace packetdrop {

// Whether probe() can ask `url`. The error says what is wrong with it, and what is right.
Result<void> check_probe_url(const std::string& url);

// The body of an answer with 2xx. An error says what came instead, with the body. Who signed the
// server's certificate is not looked at, as the kubelet does not: this asks whether it lives, not
// who it is.
Result<std::string> probe(const ProbeOptions& options);

}  // namespace packetdrop
