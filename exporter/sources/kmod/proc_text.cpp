// SPDX-License-Identifier: Apache-2.0
// Parses the text of /proc/mooc/net/drop-packet, line by line, without copying it.
#include "sources/kmod/proc_text.h"

#include <algorithm>
#include <optional>

#include "base/text.h"

namespace packetdrop {
namespace {

// "  name key=value key=value" or "  name: value".
struct Line {
  std::string_view text;
  std::size_t indent = 0;
  std::string_view name;  // without the colon
  std::string_view rest;
};

Line take_line(std::string_view& text) {
  const std::size_t newline = text.find('\n');
  Line line;
  line.text = text.substr(0, newline);
  text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
  line.indent = std::min(line.text.find_first_not_of(' '), line.text.size());
  const std::string_view body = line.text.substr(line.indent);
  const std::size_t space = body.find(' ');
  line.name = body.substr(0, space);
  if (line.name.ends_with(':')) line.name.remove_suffix(1);
  if (space != std::string_view::npos) line.rest = body.substr(space + 1);
  return line;
}

std::optional<std::string_view> value_of(std::string_view rest, std::string_view key) {
  while (!rest.empty()) {
    const std::size_t space = rest.find(' ');
    const std::string_view word = rest.substr(0, space);
    if (word.size() > key.size() && word.starts_with(key) && word[key.size()] == '=')
      return word.substr(key.size() + 1);
    rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
  }
  return std::nullopt;
}

template <typename Number>
bool read_number(std::optional<std::string_view> text, Number& out, int base = 10) {
  const auto number = text ? parse_number<Number>(*text, base) : std::nullopt;
  if (number) out = *number;
  return number.has_value();
}

// "0x30002"
bool read_hex(std::optional<std::string_view> text, std::uint32_t& out) {
  if (!text || !text->starts_with("0x")) return false;
  return read_number(text->substr(2), out, 16);
}

bool read_flag(std::optional<std::string_view> text, bool& out) {
  if (text != "y" && text != "N") return false;
  out = text == "y";
  return true;
}

template <typename Infos, typename Matches>
std::optional<std::size_t> find(const Infos& infos, Matches matches) {
  const auto found = std::ranges::find_if(infos, matches);
  if (found == infos.end()) return std::nullopt;
  return static_cast<std::size_t>(found - infos.begin());
}

std::optional<std::size_t> find_key(std::string_view family, std::string_view protocol) {
  return find(keys(),
              [&](const KeyInfo& key) { return key.family == family && key.protocol == protocol; });
}

// "ipv4/tcp"
std::optional<std::size_t> find_key(std::string_view name) {
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return find_key(name.substr(0, slash), name.substr(slash + 1));
}

class Parser {
 public:
  explicit Parser(const ProcTextContext& context) : context_(context) {}

  Result<Snapshot> parse(std::string_view text) {
    int number = 0;
    if (!text.ends_with('\n')) return Error{.code = 0, .message = "the text is cut off"};
    while (!text.empty()) {
      const Line line = take_line(text);
      number++;
      if (!parse_line(line))
        return Error{.code = 0,
                     .message = "line " + std::to_string(number) +
                                " is malformed: " + std::string(line.text.substr(0, 100))};
    }
    if (abi_ != PD_ABI_VERSION)
      return Error{.code = 0,
                   .message = "the module speaks ABI " + std::to_string(abi_) +
                              ", this exporter ABI " + std::to_string(PD_ABI_VERSION)};
    if (!has_activated_) return Error{.code = 0, .message = "no line 'activated:'"};
    std::ranges::stable_sort(snapshot_.drops, {}, &Drop::since);
    return std::move(snapshot_);
  }

 private:
  bool parse_line(const Line& line) {
    if (line.indent == 0) {
      section_ = line.name;
      hook_.reset();
      return true;
    }
    if (section_ == "settings" && line.indent == 2) return parse_setting(line);
    if (section_ == "hooks" && line.indent == 2) return parse_hook(line);
    if (section_ == "hooks" && line.indent == 4 && hook_) return parse_counters(line);
    if (section_ == "drops" && line.indent == 2) return parse_drop_state(line);
    if (section_ == "drops" && line.indent == 4) return parse_drop(line);
    if (section_ == "transmit_not_ok" && line.indent == 2) return parse_tx_result(line);
    if (section_ == "missed" && line.indent == 2) return parse_missed(line);
    return true;
  }

  bool parse_setting(const Line& line) {
    if (line.name == "abi") return read_number(std::optional(line.rest), abi_);
    if (line.name != "activated") return true;
    has_activated_ = true;
    return read_flag(line.rest, snapshot_.active);
  }

  bool parse_hook(const Line& line) {
    hook_ = find(hooks(), [&](const ProbeInfo& hook) { return hook.label == line.name; });
    if (!hook_) return true;
    return parse_state(line, hooks()[*hook_]);
  }

  bool parse_drop_state(const Line& line) {
    const ProbeInfo& drops = probes()[PD_PROBE_KFREE_SKB];
    return line.name != drops.label || parse_state(line, drops);
  }

  bool parse_state(const Line& line, const ProbeInfo& probe) {
    ProbeState& state = snapshot_.probes[probe.id];
    if (!read_flag(value_of(line.rest, "attached"), state.attached)) return false;
    if (!state.attached) return parse_refusal(line, probe, state);
    const auto mechanism = value_of(line.rest, "mechanism");
    const auto target = value_of(line.rest, "target");
    if (!mechanism || !target || !read_flag(value_of(line.rest, "exact"), state.exact))
      return false;
    state.mechanism = *mechanism;
    state.target = *target;
    state.misses_observable = true;
    return true;
  }

  // What was tried to attach tells the reader of a refusal more than its errno.
  static bool parse_refusal(const Line& line, const ProbeInfo& probe, ProbeState& state) {
    int code = 0;
    if (!read_number(value_of(line.rest, "errno"), code)) return false;
    if (code == 0) return true;
    state.refusals.push_back(
        {.mechanism = probe.kind == PD_KIND_FUNCTION ? "kprobe" : "tracepoint",
         .target = std::string(probe.targets[0]),
         .code = code,
         .cause = code == ENOENT ? "no such symbol in this kernel" : "the kernel refused it"});
    return true;
  }

  bool parse_counters(const Line& line) {
    const auto key = find_key(line.name);
    if (!key) return true;
    Counters& counters = snapshot_.counters[*hook_][*key];
    return read_number(value_of(line.rest, "packets"), counters.packets) &&
           read_number(value_of(line.rest, "segments"), counters.segments) &&
           read_number(value_of(line.rest, "bytes"), counters.bytes);
  }

  bool parse_drop(const Line& line) {
    const auto family = value_of(line.rest, "family");
    const auto protocol = value_of(line.rest, "protocol");
    std::uint32_t reason = 0;
    std::uint64_t count = 0;
    std::int64_t first = 0;
    if (!family || !protocol || !read_hex(value_of(line.rest, "reason"), reason) ||
        !read_number(value_of(line.rest, "count"), count) ||
        !read_number(value_of(line.rest, "first_ns"), first))
      return false;
    const auto key = find_key(*family, *protocol);
    if (!key) return true;
    const auto name = value_of(line.rest, "name");
    snapshot_.drops.push_back({.function = std::string(line.name),
                               .reason = name ? std::string(*name) : context_.reason_name(reason),
                               .key = *key,
                               .count = count,
                               .since = context_.booted + std::chrono::nanoseconds(first)});
    return true;
  }

  bool parse_tx_result(const Line& line) {
    const auto result =
        find(tx_results(), [&](const TxResultInfo& info) { return info.label == line.name; });
    return !result || read_number(std::optional(line.rest), snapshot_.tx_results[*result]);
  }

  bool parse_missed(const Line& line) {
    const auto cause =
        find(miss_causes(), [&](const MissCauseInfo& info) { return info.label == line.name; });
    return !cause || read_number(std::optional(line.rest), snapshot_.missed[*cause]);
  }

  const ProcTextContext& context_;
  Snapshot snapshot_;
  std::string_view section_;
  std::optional<std::size_t> hook_;  // whose counters the deeper lines are
  int abi_ = 0;
  bool has_activated_ = false;
};

}  // namespace

Result<Snapshot> parse_proc_text(std::string_view text, const ProcTextContext& context) {
  return Parser(context).parse(text);
}

}  // namespace packetdrop
