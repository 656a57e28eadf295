// SPDX-License-Identifier: Apache-2.0
// Everything that a user can choose, with its default.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/log.h"

namespace packetdrop {

enum class SourceChoice { kAuto, kBpf, kKmod, kAll };
enum class AttachMode { kAuto, kKprobe, kFentry, kTracepoint };

struct Options {
  // ":PORT", "HOST:PORT", "[IPV6]:PORT" (port 0 takes a free one) or "unix:/PATH".
  std::vector<std::string> listen_addresses = {":10942"};
  std::string telemetry_path = "/metrics";
  int max_requests = 40;          // scrapes at one time; 0: no limit
  int max_control_requests = 60;  // POSTs a minute; 0: no limit
  bool exporter_metrics = true;
  bool created_timestamps = false;  // in OpenMetrics, of series that begin with their first drop
  bool control_api = true;
  std::string web_config_file = {};      // in Prometheus' format; empty: none
  std::vector<uid_t> control_uids = {};  // beside root, who may POST from this machine
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kLogfmt;
  std::string procfs = "/proc";
  std::string sysfs = "/sys";
  SourceChoice source = SourceChoice::kAuto;
  bool activate = true;  // count from the start
  AttachMode attach = AttachMode::kAuto;
  std::string btf;  // file; empty: the kernel's own
  // Where this is set, the program asks a running exporter there and does nothing else.
  std::string probe_url = {};
  std::string probe_certificate = {};  // PEM file
  std::string probe_key = {};          // PEM file; empty: in the certificate's

  bool operator==(const Options&) const = default;
};

}  // namespace packetdrop
