// SPDX-License-Identifier: Apache-2.0
// The state of the exporter as the JSON API shows it.
#include "api/status_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "base/time_text.h"
#include "base/version.h"

namespace packetdrop {
namespace {

using nlohmann::json;
using TimePoint = std::chrono::system_clock::time_point;

json time_json(const std::optional<TimePoint>& time) {
  return time ? json(rfc3339(*time)) : json(nullptr);
}

json refusals_json(std::span<const Refusal> refusals) {
  json list = json::array();
  for (const Refusal& refusal : refusals)
    list.push_back({{"mechanism", refusal.mechanism},
                    {"target", refusal.target},
                    {"errno", errno_name(refusal.code)},
                    {"cause", refusal.cause}});
  return list;
}

json probe_json(const ProbeState& state) {
  json entry = {{"attached", state.attached}, {"refusals", refusals_json(state.refusals)}};
  if (!state.attached) return entry;
  entry["mechanism"] = state.mechanism;
  entry["target"] = state.target;
  entry["exact"] = state.exact;
  entry["misses"] = state.misses_observable ? "observable" : "not observable";
  return entry;
}

json hook_json(const ProbeInfo& hook, const ProbeState& state) {
  json entry = probe_json(state);
  entry["hook"] = hook.label;
  entry["direction"] = to_string(hook.direction);
  return entry;
}

json source_json(const SourceState& state) {
  json entry = {{"source", state.reading.source},  {"present", state.present()},
                {"active", state.active()},        {"since", time_json(state.since)},
                {"until", time_json(state.until)}, {"read_seconds", state.reading.seconds}};
  if (const std::string& unusable = state.reading.unusable(); !unusable.empty())
    entry["error"] = unusable;
  if (!state.present()) return entry;
  json& list = entry["hooks"] = json::array();
  for (const ProbeInfo& probe : probes()) {
    const ProbeState& attachment = state.reading.snapshot->probes[probe.id];
    if (probe.feeds == PD_FEEDS_HOOK)
      list.push_back(hook_json(probe, attachment));
    else
      entry[std::string(name_of(probe))] = probe_json(attachment);
  }
  return entry;
}

}  // namespace

json state_json(std::span<const SourceState> states) {
  json list = json::array();
  for (const SourceState& state : states) list.push_back(source_json(state));
  const bool active =
      std::any_of(states.begin(), states.end(), [](const SourceState& s) { return s.active(); });
  return {{"active", active}, {"sources", std::move(list)}};
}

json preflight_json(std::span<const Finding> preflight) {
  json list = json::array();
  for (const Finding& finding : preflight)
    list.push_back({{"check", finding.check},
                    {"ok", finding.ok ? json(*finding.ok) : json(nullptr)},
                    {"detail", finding.detail},
                    {"remedy", finding.remedy}});
  return list;
}

json build_json() {
  const BuildInfo& build = build_info();
  return {{"version", build.version}, {"revision", build.revision}, {"compiler", build.compiler}};
}

}  // namespace packetdrop
