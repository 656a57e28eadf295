// SPDX-License-Identifier: Apache-2.0
// What the log says at the start: which program on which kernel, where it listens, what it counts.
#include "app/start_report.h"

#include <sys/utsname.h>

#include <algorithm>
#include <string_view>

#include "base/log.h"
#include "base/version.h"
#include "model/source_names.h"

namespace packetdrop {
namespace {

std::string describe(const ProbeState& state) {
  if (!state.attached) return "unavailable";
  return state.mechanism + ":" + state.target + (state.exact ? "" : "(inexact)");
}

void log_mechanisms(const std::string& message, const Snapshot& snapshot) {
  std::vector<LogField> fields;
  for (const ProbeInfo& probe : probes())
    fields.push_back({name_of(probe), describe(snapshot.probes[probe.id])});
  log_with_fields(LogLevel::kInfo, message, fields);
}

// One line for all hooks, because mostly they lack the same thing. True if none is missing.
bool log_missing_hooks(const Snapshot& snapshot) {
  std::vector<LogField> fields;
  for (const ProbeInfo& hook : hooks())
    if (const ProbeState& state = snapshot.probes[hook.id]; !state.attached)
      fields.push_back({hook.label, to_string(state.refusals)});
  if (!fields.empty()) log_with_fields(LogLevel::kWarn, "hooks are not attached", fields);
  return fields.empty();
}

bool log_missing_drops(const Snapshot& snapshot) {
  const ProbeInfo& probe = probes()[PD_PROBE_KFREE_SKB];
  const ProbeState& state = snapshot.probes[probe.id];
  if (state.attached) return true;
  const LogField field{probe.label, to_string(state.refusals)};
  log_with_fields(LogLevel::kWarn, "drops are not counted", {&field, 1});
  return false;
}

enum class Coverage { kNothing, kPart, kAll };

// Attaching failed for every hook.
bool is_refused(const Snapshot& snapshot) {
  return std::ranges::all_of(
      hooks(), [&](const ProbeInfo& hook) { return !snapshot.probes[hook.id].refusals.empty(); });
}

// How to switch the source on; empty if neither a request nor a file can.
std::string how_to_start(const Options& options, std::string_view source) {
  if (options.server.control_api) return "POST /activate starts it";
  if (source == kKmod) return "write activate to " + options.paths.procfs + "/mooc/net/drop-packet";
  return {};
}

Coverage log_inactive(const Options& options, const SourceReading& reading) {
  const std::string message = "not counting by " + std::string(reading.source);
  if (is_refused(*reading.snapshot)) {
    log_with_fields(LogLevel::kError, message, {});
    log_missing_hooks(*reading.snapshot);
    return Coverage::kNothing;
  }
  if (const std::string how = how_to_start(options, reading.source); !how.empty()) {
    log_with_fields(LogLevel::kInfo, message + ": " + how, {});
  } else if (!options.activate) {
    const LogField remedy{"remedy", "leave out --no-activate or --web.disable-control-api"};
    log_with_fields(LogLevel::kWarn, message + ", and nothing can switch it on", {&remedy, 1});
  } else {
    log_with_fields(LogLevel::kInfo, message, {});
  }
  return Coverage::kAll;
}

Coverage log_source(const Options& options, const SourceReading& reading) {
  const std::string message = "counting by " + std::string(reading.source);
  if (!reading.unusable().empty()) {
    const LogField field{"error", reading.unusable()};
    log_with_fields(LogLevel::kError, "not " + message, {&field, 1});
    return Coverage::kNothing;
  }
  const Snapshot& snapshot = *reading.snapshot;
  if (!snapshot.active) return log_inactive(options, reading);
  log_mechanisms(message + " on all network devices", snapshot);
  const bool hooks_attached = log_missing_hooks(snapshot);
  const bool drops_attached = log_missing_drops(snapshot);
  return hooks_attached && drops_attached ? Coverage::kAll : Coverage::kPart;
}

// Warnings if nothing counts. Otherwise information: what is missing was already logged, and most
// findings cannot be changed.
void log_findings(std::span<const Finding> findings, Coverage coverage) {
  for (const Finding& finding : findings) {
    if (finding.ok != false) continue;
    const LogField fields[] = {{"check", std::string(finding.check)},
                               {"found", finding.detail},
                               {"remedy", finding.remedy}};
    log_with_fields(coverage == Coverage::kNothing ? LogLevel::kWarn : LogLevel::kInfo, "preflight",
                    fields);
  }
}

}  // namespace

void log_program() {
  const BuildInfo& build = build_info();
  utsname kernel{};
  uname(&kernel);
  const LogField fields[] = {{"version", std::string(build.version)},
                             {"revision", std::string(build.revision)},
                             {"kernel", kernel.release},
                             {"machine", kernel.machine}};
  log_with_fields(LogLevel::kInfo, "packetdrop-exporter starts", fields);
}

std::string page_url(const std::string& address, bool tls) {
  if (address.starts_with("unix:")) return {};
  const std::size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host.empty() || host == "0.0.0.0" || host == "[::]") host = "localhost";
  return (tls ? "https://" : "http://") + host + address.substr(colon) + "/";
}

void log_addresses(std::span<const std::string> addresses, bool tls) {
  for (const std::string& address : addresses) {
    std::vector<LogField> fields = {{"address", address}};
    if (std::string url = page_url(address, tls); !url.empty())
      fields.push_back({"url", std::move(url)});
    log_with_fields(LogLevel::kInfo, "listening", fields);
  }
}

void log_counting(const Options& options, std::span<const SourceReading> readings,
                  std::span<const Finding> findings, const std::string& why_none) {
  if (readings.empty()) {
    const LogField field{"error", why_none};
    log_with_fields(LogLevel::kError, "not counting", {&field, 1});
  }
  bool complete = !readings.empty();
  bool something = false;
  for (const SourceReading& reading : readings) {
    const Coverage coverage = log_source(options, reading);
    complete &= coverage == Coverage::kAll;
    something |= coverage != Coverage::kNothing;
  }
  if (!complete) log_findings(findings, something ? Coverage::kPart : Coverage::kNothing);
}

}  // namespace packetdrop
