// SPDX-License-Identifier: Apache-2.0
// The landing page, for a person who opens the exporter in a browser.
#include "page/landing_page.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>

#include "base/time_text.h"
#include "base/version.h"
#include "page/frame.h"
#include "page/html.h"
#include "page/landing_drops.h"

namespace packetdrop {
namespace {

std::string clock_time(std::chrono::system_clock::time_point time) {
  return time_text(time, "%Y-%m-%d %H:%M:%S UTC");
}

Counters sum(const HookCounters& counters) {
  Counters total;
  for (const Counters& one : counters) {
    total.packets += one.packets;
    total.segments += one.segments;
    total.bytes += one.bytes;
  }
  return total;
}

std::string_view what_is_unseen(const ProbeInfo& hook, const ProbeState& state) {
  return hook.id == PD_PROBE_DEV_QUEUE_XMIT && state.target == hook.fallback
             ? "does not see what egress tc and nft drop"
             : "does not see every packet";
}

std::string how_attached(const ProbeInfo& hook, const ProbeState& state, bool active) {
  std::string out;
  if (state.attached)
    out = badge(escape(state.mechanism), "good") + " <code>" + escape(state.target) + "</code>" +
          (state.exact ? ""
                       : " " + badge("inexact", "") + "<small>" +
                             std::string(what_is_unseen(hook, state)) + "</small>");
  else
    out = active ? badge("not attached", "bad") : badge("off", "");
  for (const Refusal& refusal : state.refusals)
    out += "<small><code>" + escape(refusal.mechanism) + "</code> on <code>" +
           escape(refusal.target) + "</code> refused: " + errno_name(refusal.code) + ", " +
           escape(refusal.cause) + "</small>";
  return out;
}

// The label is shown if the page is too narrow for columns.
void append_number(std::string& out, std::string_view label, std::uint64_t value) {
  out.append("<td class=number data-label=").append(label).append(">").append(grouped(value));
}

// A dash if the hook never counted: 0 would mean that no packets passed.
void append_counters(std::string& out, const ProbeState& state, const Counters& total) {
  if (!state.attached && total.packets == 0) {
    for (const std::string_view label : {"Packets", "Segments", "Bytes"})
      out.append("<td class=number data-label=").append(label).append(">–");
    return;
  }
  append_number(out, "Packets", total.packets);
  append_number(out, "Segments", total.segments);
  append_number(out, "Bytes", total.bytes);
}

void append_hooks(std::string& out, const Snapshot& snapshot) {
  out +=
      "<div class=scroll><table class=stack><tr><th>Stage<th>Direction<th class=number>Packets"
      "<th class=number>Segments<th class=number>Bytes<th>Attached by</tr>";
  for (const ProbeInfo& hook : hooks()) {
    const ProbeState& state = snapshot.probes[hook.id];
    out.append("<tr><td class=wide><code>").append(hook.label).append("</code><td class=soft>");
    out.append(to_string(hook.direction));
    append_counters(out, state, sum(snapshot.counters[hook.id]));
    out.append("<td class=wide>").append(how_attached(hook, state, snapshot.active));
    out.append("</tr>");
  }
  out += "</table></div>";
}

template <typename Infos, typename Values>
void append_list(std::string& out, std::string_view prefix, const Infos& infos,
                 const Values& values) {
  for (std::size_t i = 0; i < infos.size(); i++)
    out.append("<div title=\"")
        .append(escape(infos[i].what))
        .append("\"><dt>")
        .append(prefix)
        .append(infos[i].label)
        .append("<dd>")
        .append(grouped(values[i]))
        .append("</div>");
}

void append_source(std::string& out, const SourceState& state) {
  out +=
      "<section><div class=title><h2>Source <code>" + escape(state.reading.source) + "</code></h2>";
  if (const std::string& unusable = state.reading.unusable(); !unusable.empty()) {
    out += (state.reading.absent() ? badge("not on this host", "")
                                   : badge("cannot count here", "bad")) +
           "</div><p class=soft>" + escape(unusable) + "</p></section>";
    return;
  }
  out += state.active() ? badge("counting", "good") : badge("not counting", "");
  if (state.since)
    out += "<span class=soft>switched on " + clock_time(*state.since) +
           "; the numbers include earlier activations</span>";
  if (state.until) out += "<span class=soft>until " + clock_time(*state.until) + "</span>";
  out += "</div>";
  const Snapshot& snapshot = *state.reading.snapshot;
  append_hooks(out, snapshot);
  out += "<dl>";
  append_list(out, "transmit ", tx_results(), snapshot.tx_results);
  append_list(out, "missed: ", miss_causes(), snapshot.missed);
  out += "</dl>";
  append_drops(out, snapshot);
  out += "</section>";
}

// What an active source does not count. Missing drops are worse than any missing hooks.
struct Missing {
  bool drops = false;
  std::ptrdiff_t hooks = 0;
  bool operator<(const Missing& other) const {
    return std::tie(drops, hooks) < std::tie(other.drops, other.hooks);
  }
};

Missing missing_parts(const Snapshot& snapshot) {
  return {.drops = !snapshot.probes[PD_PROBE_KFREE_SKB].attached,
          .hooks = std::ranges::count_if(
              hooks(), [&](const ProbeInfo& hook) { return !snapshot.probes[hook.id].attached; })};
}

// The state of the exporter: that of the source that counts most.
struct Summary {
  bool counts = false;
  bool ready = false;
  Missing missing;  // of what counts
};

Summary summarize(std::span<const SourceState> states) {
  Summary summary;
  for (const SourceState& state : states) {
    summary.ready |= state.reading.not_ready().empty();
    if (!state.active()) continue;
    const Missing missing = missing_parts(*state.reading.snapshot);
    summary.missing = summary.counts ? std::min(summary.missing, missing) : missing;
    summary.counts = true;
  }
  return summary;
}

std::string summary_badge(const Summary& summary) {
  if (!summary.counts)
    return summary.ready ? badge("not counting", "") : badge("cannot count", "bad");
  const Missing& missing = summary.missing;
  std::string out = missing.hooks == 0
                        ? badge("counting", "good")
                        : badge("counting; " + std::to_string(missing.hooks) + " of " +
                                    std::to_string(kHookCount) + " hooks not attached",
                                "warn");
  if (missing.drops) out += " " + badge("drops are not counted", "bad");
  return out;
}

std::string finding_badge(const Finding& finding, bool ready) {
  if (!finding.ok) return badge("unknown", "");
  if (*finding.ok) return badge("ok", "good");
  return ready ? badge("limited", "") : badge("not ok", "bad");
}

// A finding is no alarm if a source can count: the table of hooks shows what it costs.
void append_preflight(std::string& out, std::span<const Finding> preflight, bool ready) {
  if (preflight.empty()) return;
  out +=
      "<section><h2>What this host allows</h2><div class=scroll><table class=stack>"
      "<tr><th>Check<th>Result<th>Found at start</tr>";
  for (const Finding& finding : preflight) {
    out += "<tr><td><code>" + escape(finding.check) + "</code><td>" +
           finding_badge(finding, ready) + "<td class=wide>" + escape(finding.detail);
    if (!finding.remedy.empty()) out += "<small>What to do: " + escape(finding.remedy) + "</small>";
    out += "</tr>";
  }
  out += "</table></div></section>";
}

void append_head(std::string& out, const LandingPage& page, const Summary& summary) {
  out += "<header><h1>packetdrop-exporter</h1>";
  out += summary_badge(summary);
  out +=
      "<p>How many packets pass each stage of this kernel's network path, and which are "
      "dropped.</p></header><nav>";
  const std::string metrics = escape(page.telemetry_path);
  out += "<a href=\"" + metrics +
         "\">Metrics</a><a href=\"/api/v1/drops\">Drops (JSON)</a>"
         "<a href=\"/api/v1/status\">Status (JSON)</a><a href=\"/runbooks/\">Runbooks</a>"
         "<a href=\"/-/healthy\">Healthy</a><a href=\"/-/ready\">Ready</a></nav>";
}

// "bpf</code>, <code>kmod</code> or <code>all": the values of ?source=.
std::string source_choice(std::span<const SourceState> states) {
  std::string out;
  for (const SourceState& state : states)
    out += (out.empty() ? "?source=" : "</code>, <code>") + escape(state.reading.source);
  return out + "</code> or <code>all";
}

void append_control(std::string& out, const ControlHelp& control,
                    std::span<const SourceState> states) {
  out += "<section><h2>Switch it on and off</h2><p class=soft>" + escape(control.who);
  if (!control.curl.empty()) {
    const std::string curl = escape(control.curl);
    if (curl.starts_with("sudo ")) out += " (Without <code>sudo</code> if you are root.)";
    if (states.size() > 1)
      out += " For one source with <code>" + source_choice(states) + "</code>.";
    out += " For a while with <code>?ttl=10m</code>.</p><pre><code>" + curl + "/activate\n" + curl +
           "/deactivate</code></pre></section>";
  } else {
    out += "</p></section>";
  }
}

}  // namespace

std::string render_landing_page(const LandingPage& page) {
  std::string out;
  out.reserve(16 * 1024);
  const Summary summary = summarize(page.states);
  append_head(out, page, summary);
  if (page.states.empty())
    out +=
        "<section><div class=title><h2>No source</h2>" + badge("nothing to read", "bad") +
        "</div><p class=soft>Nothing on this host can count packets; see below why.</p></section>";
  for (const SourceState& state : page.states) append_source(out, state);
  append_preflight(out, page.preflight, summary.ready);
  if (page.control) append_control(out, *page.control, page.states);
  const BuildInfo& build = build_info();
  out += "<footer>Version " + escape(build.version) + ", revision <code>" + escape(build.revision) +
         "</code>, built by " + escape(build.compiler) + "</footer>";
  return render_page("packetdrop-exporter", out);
}

}  // namespace packetdrop
