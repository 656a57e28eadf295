// SPDX-License-Identifier: Apache-2.0
// What the command line decides about the server.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace packetdrop {

struct ServerOptions {
  // ":PORT" (IPv4 and IPv6), "HOST:PORT" or "[IPV6]:PORT"; port 0 takes a free one. Or
  // "unix:/PATH".
  std::vector<std::string> listen_addresses = {":10942"};
  std::string telemetry_path = "/metrics";
  int max_requests = 40;                  // scrapes at one time; 0: no limit
  int max_control_requests = 60;          // POSTs a minute; 0: no limit
  std::string web_config_file = {};       // in Prometheus' format; empty: none
  std::vector<uid_t> control_uids = {0};  // may POST from this machine
  bool control_api = true;                // POST /activate and /deactivate
  bool exporter_metrics = true;           // metrics about this process
  bool created_timestamps = false;        // in OpenMetrics
};

}  // namespace packetdrop
