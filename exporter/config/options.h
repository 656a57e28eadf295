// SPDX-License-Identifier: Apache-2.0
// Everything that a user can choose, each with its default, once: flags write it, rooms read it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/log.h"

namespace packetdrop {

struct ServerOptions {
  // ":PORT" (IPv4 and IPv6), "HOST:PORT", "[IPV6]:PORT" (port 0 takes a free one) or "unix:/PATH".
  std::vector<std::string> listen_addresses = {":10942"};
  std::string telemetry_path = "/metrics";
  int max_requests = 40;                  // scrapes at one time; 0: no limit
  int max_control_requests = 60;          // POSTs per minute; 0: no limit
  std::string web_config_file = {};       // in Prometheus' format; empty: none
  std::vector<uid_t> control_uids = {0};  // may POST from this machine
  bool control_api = true;                // POST /activate and /deactivate
  bool exporter_metrics = true;           // metrics about this process
  bool created_timestamps = false;  // in OpenMetrics, of series that begin with their first drop

  bool operator==(const ServerOptions&) const = default;
};

struct LogOptions {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kLogfmt;

  bool operator==(const LogOptions&) const = default;
};

struct HostPaths {
  std::string procfs = "/proc";
  std::string sysfs = "/sys";

  bool operator==(const HostPaths&) const = default;
};

enum class BpfAttach {
  kAuto,        // the cheapest exact mechanism, else an inexact fallback
  kKprobe,      // functions by kprobe only
  kFentry,      // functions by fentry only
  kTracepoint,  // functions by their fallback tracepoint only, exact or not
};

struct BpfOptions {
  BpfAttach attach = BpfAttach::kAuto;
  std::string btf = {};  // BTF file for a kernel that ships none; empty: none given

  bool operator==(const BpfOptions&) const = default;
};

// With a URL the program asks a running exporter there and does nothing else.
struct ProbeOptions {
  std::string url = {};             // http:// or https://
  std::string certificate = {};     // PEM file; empty: show none
  std::string key = {};             // PEM file; empty: in the certificate's file
  std::chrono::seconds timeout{5};  // for the whole exchange

  bool operator==(const ProbeOptions&) const = default;
};

enum class SourceChoice { kAuto, kBpf, kKmod, kAll };

struct Options {
  ServerOptions server = {};
  LogOptions log = {};
  HostPaths paths = {};
  SourceChoice source = SourceChoice::kAuto;
  bool activate = true;  // count from the start
  BpfOptions bpf = {};
  ProbeOptions probe = {};

  bool operator==(const Options&) const = default;
};

}  // namespace packetdrop
