// SPDX-License-Identifier: Apache-2.0
// The flag table. The parser, --help and the documentation test use it.
#include "config/flags.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ip_address.h"
#include "base/named.h"
#include "base/nearest.h"
#include "base/text.h"
#include "model/source_names.h"

namespace packetdrop {
namespace {

Error wrong(std::string message) { return {.code = 0, .message = std::move(message)}; }

template <typename Value, std::size_t n>
Result<void> choose(const std::array<Named<Value>, n>& choices, std::string_view text,
                    Value& chosen) {
  if (const auto found = find_named(choices, text)) {
    chosen = *found;
    return {};
  }
  return wrong("unknown value " + quoted(text) + "; " +
               alternatives(text, names_of(choices), "one of"));
}

constexpr std::array<Named<LogLevel>, 4> kLogLevels = {{{"debug", LogLevel::kDebug},
                                                        {"info", LogLevel::kInfo},
                                                        {"warn", LogLevel::kWarn},
                                                        {"error", LogLevel::kError}}};
constexpr std::array<Named<LogFormat>, 2> kLogFormats = {
    {{"logfmt", LogFormat::kLogfmt}, {"json", LogFormat::kJson}}};
constexpr std::array<Named<SourceChoice>, 4> kSources = {{{"auto", SourceChoice::kAuto},
                                                          {kBpf, SourceChoice::kBpf},
                                                          {kKmod, SourceChoice::kKmod},
                                                          {kAllSources, SourceChoice::kAll}}};
constexpr std::array<Named<BpfAttach>, 4> kBpfAttachs = {{{"auto", BpfAttach::kAuto},
                                                          {"kprobe", BpfAttach::kKprobe},
                                                          {"fentry", BpfAttach::kFentry},
                                                          {"tracepoint", BpfAttach::kTracepoint}}};

// Checks the syntax only; names are resolved when the server starts.
bool is_listen_host(std::string_view host) {
  if (host.empty() || parse_bracketed_ipv6(host)) return true;
  // The resolver would read 1.2.3 as 1.2.0.3.
  if (host.find_first_not_of("0123456789.") == host.npos) return parse_ipv4(host).has_value();
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return is_alpha(c) || is_digit(c) || c == '.' || c == '-'; });
}

Result<void> apply_unix_address(Options& options, std::string_view value) {
  if (!value.starts_with("unix:/") || value.size() > 100 || value.find(',') != value.npos)
    return wrong("invalid Unix socket " + quoted(value) +
                 ": expected unix:/PATH, at most 100 bytes and without a comma");
  options.server.listen_addresses.emplace_back(value);
  return {};
}

Result<void> apply_listen_address(Options& options, std::string_view value) {
  if (value.starts_with("unix:")) return apply_unix_address(options, value);
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos || !parse_number<std::uint16_t>(value.substr(colon + 1)) ||
      !is_listen_host(value.substr(0, colon)))
    return wrong(
        "invalid address " + quoted(value) +
        ": expected :PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH, with PORT from 0 to 65535");
  options.server.listen_addresses.emplace_back(value);
  return {};
}

// Paths of other routes, present and future.
bool is_reserved(std::string_view path) {
  static constexpr std::array<std::string_view, 4> kRoutes = {"/", "/activate", "/deactivate",
                                                              "/runbooks"};
  return std::find(kRoutes.begin(), kRoutes.end(), path) != kRoutes.end() ||
         path.starts_with("/api/") || path.starts_with("/-/") || path.starts_with("/runbooks/");
}

bool is_path_letter(char c) {
  return is_alpha(c) || is_digit(c) || std::string_view("/-._~").find(c) != std::string_view::npos;
}

// A browser reads //a/b as path /b on host a, and resolves . and .. before it sends a request.
bool has_odd_segment(std::string_view path) {
  const std::string ended = std::string(path) + "/";
  return ended.find("/./") != ended.npos || ended.find("/../") != ended.npos ||
         path.find("//") != path.npos;
}

Result<void> apply_telemetry_path(Options& options, std::string_view value) {
  if (!value.starts_with('/') || !std::all_of(value.begin(), value.end(), is_path_letter))
    return wrong("invalid path " + quoted(value) +
                 ": expected / first, and only letters, digits and /-._~");
  if (has_odd_segment(value))
    return wrong("invalid path " + quoted(value) +
                 ": it must not contain //, nor . or .. as a whole segment");
  if (is_reserved(value))
    return wrong("path " + quoted(value) +
                 " belongs to another route; reserved are /, /activate, " +
                 "/deactivate, /api/, /-/ and /runbooks/");
  options.server.telemetry_path = value;
  return {};
}

template <int ServerOptions::*limit>
Result<void> apply_limit(Options& options, std::string_view value) {
  const auto number = parse_number<int>(value);
  if (!number || *number < 0)
    return wrong("invalid request limit " + quoted(value) + ": expected 0 (no limit) or greater");
  options.server.*limit = *number;
  return {};
}

Result<void> apply_control_uid(Options& options, std::string_view value) {
  const auto uid = parse_number<uid_t>(value);
  // -1 is not a user: in setresuid(2) it means "no change".
  if (!uid || *uid == static_cast<uid_t>(-1))
    return wrong("invalid user ID " + quoted(value) + ": expected 0 to 4294967294");
  options.server.control_uids.push_back(*uid);
  return {};
}

// `group` is a struct of Options, `field` one of its members.
template <auto group, auto field>
Result<void> apply_path(Options& options, std::string_view value) {
  if (value.empty()) return wrong("needs a path");
  options.*group.*field = value;
  return {};
}

Result<void> apply_probe(Options& options, std::string_view value) {
  if (!value.starts_with("http://") && !value.starts_with("https://"))
    return wrong("invalid URL " + quoted(value) + ": expected http://HOST:PORT/PATH or https://…");
  options.probe.url = value;
  return {};
}

template <bool ServerOptions::*field, bool inverted>
Result<void> apply_switch(Options& options, std::string_view value) {
  options.server.*field = (value == "true") != inverted;
  return {};
}

Result<void> refuse_systemd_socket(Options&, std::string_view) {
  return wrong("is not supported; use --web.listen-address");
}

constexpr std::array kFlags = {
    Flag{"--web.listen-address", FlagKind::kRepeatable, ":10942",
         "Address to listen on; may be given several times.", apply_listen_address,
         [](Options& o) { o.server.listen_addresses.clear(); }},
    Flag{"--web.telemetry-path", FlagKind::kValue, "/metrics", "Path of the metrics.",
         apply_telemetry_path},
    Flag{"--web.max-requests", FlagKind::kValue, "40",
         "Scrapes answered at the same time; 0 means no limit.",
         apply_limit<&ServerOptions::max_requests>},
    Flag{"--web.max-control-requests", FlagKind::kValue, "60",
         "POST requests per minute; 0 means no limit.",
         apply_limit<&ServerOptions::max_control_requests>},
    Flag{"--web.disable-exporter-metrics", FlagKind::kSwitch, "",
         "Leave out the metrics about the exporter itself (process_*).",
         apply_switch<&ServerOptions::exporter_metrics, true>},
    Flag{"--web.created-timestamps", FlagKind::kSwitch, "",
         "Export in OpenMetrics when each series of drops began (_created).",
         apply_switch<&ServerOptions::created_timestamps, false>},
    Flag{"--web.disable-control-api", FlagKind::kSwitch, "",
         "Turn POST /activate and POST /deactivate off.",
         apply_switch<&ServerOptions::control_api, true>},
    Flag{"--web.control-uid", FlagKind::kRepeatable, "UID",
         "User, besides root, who may POST from this machine; may be given several times.",
         apply_control_uid},
    Flag{"--web.config.file", FlagKind::kValue, "FILE",
         "TLS, users and limits, in the format of Prometheus' web configuration.",
         apply_path<&Options::server, &ServerOptions::web_config_file>},
    Flag{"--web.systemd-socket", FlagKind::kRefused, "", "", refuse_systemd_socket},
    Flag{"--log.level", FlagKind::kValue, "info",
         "Lowest severity that is logged. One of: debug, info, warn, error.",
         [](Options& o, std::string_view v) { return choose(kLogLevels, v, o.log.level); }},
    Flag{"--log.format", FlagKind::kValue, "logfmt", "Format of log lines. One of: logfmt, json.",
         [](Options& o, std::string_view v) { return choose(kLogFormats, v, o.log.format); }},
    Flag{"--path.procfs", FlagKind::kValue, "/proc", "Where procfs is mounted.",
         apply_path<&Options::paths, &HostPaths::procfs>},
    Flag{"--path.sysfs", FlagKind::kValue, "/sys", "Where sysfs is mounted.",
         apply_path<&Options::paths, &HostPaths::sysfs>},
    Flag{"--source", FlagKind::kValue, "auto",
         "Source that counts. One of: auto (bpf if it can attach, else kmod), bpf, kmod, all.",
         [](Options& o, std::string_view v) { return choose(kSources, v, o.source); }},
    Flag{"--activate", FlagKind::kNegatable, "", "Count from the start (default: yes).",
         [](Options& o, std::string_view v) -> Result<void> {
           o.activate = v == "true";
           return {};
         }},
    Flag{"--bpf.attach", FlagKind::kValue, "auto",
         "How BPF is attached. One of: auto, kprobe, fentry, tracepoint.",
         [](Options& o, std::string_view v) { return choose(kBpfAttachs, v, o.bpf.attach); }},
    Flag{"--bpf.btf", FlagKind::kValue, "FILE", "BTF for a kernel that ships none.",
         apply_path<&Options::bpf, &BpfOptions::btf>},
    Flag{"--probe", FlagKind::kValue, "URL",
         "Ask a running exporter and exit: 0 if it answers 2xx, else 1 (2: not a URL).",
         apply_probe},
    Flag{"--probe.certificate", FlagKind::kValue, "FILE", "Client certificate (PEM) for --probe.",
         apply_path<&Options::probe, &ProbeOptions::certificate>},
    Flag{"--probe.key", FlagKind::kValue, "FILE",
         "Its key (PEM); without this flag it is read from the certificate's file.",
         apply_path<&Options::probe, &ProbeOptions::key>},
};

}  // namespace

std::span<const Flag> flags() { return kFlags; }

std::string display(const Flag& flag) {
  std::string text(flag.name);
  if (flag.kind == FlagKind::kNegatable) text.insert(2, "[no-]");
  if (!flag.shown.empty()) text.append("=").append(flag.shown);
  if (flag.kind == FlagKind::kRepeatable) text += " ...";
  return text;
}

}  // namespace packetdrop
