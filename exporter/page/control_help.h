// SPDX-License-Identifier: Apache-2.0
// How a person activates and deactivates this exporter: the curl command that its configuration
// accepts.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace packetdrop {

struct ControlSetup {
  std::span<const std::string> listen_addresses = {};  // of ServerOptions
  std::span<const uid_t> control_uids = {};
  bool tls = false;
  bool passwords = false;                  // the web configuration has users
  bool verifies_clients = false;           // without users, a verified certificate is enough
  bool requires_certificate = false;       // in the handshake
  std::string_view host = {};              // the Host header of the reader; may be empty
  bool reader_is_unix = false;             // the reader came by a Unix socket
  std::optional<std::uint16_t> port = {};  // of this end of the reader's connection
};

struct ControlHelp {
  std::string who;  // a sentence: where and as whom it works
  std::string
      curl;  // up to the path: "sudo curl -X POST http://localhost:10942"; empty: nothing does
};

// A test holds that control_refusal() accepts what `curl` sends.
ControlHelp control_help(const ControlSetup& setup);

}  // namespace packetdrop
