// SPDX-License-Identifier: Apache-2.0
// Whether anybody should care about a drop, and where it happened: by reason, else by function.
#include "model/drop_reason.h"

#include <algorithm>

#include "model/drop.h"

namespace packetdrop {
namespace {

constexpr std::array<DropClassInfo, kDropClassCount> kClasses = {{
    {DropClass::kBenign, "benign", "normal operation of a protocol"},
    {DropClass::kPolicy, "policy", "a rule said so"},
    {DropClass::kCapacity, "capacity", "a queue or a buffer was full"},
    {DropClass::kError, "error", "damaged or malformed"},
    {DropClass::kConfig, "config", "nobody to take it: no route, no socket, wrong way in"},
    {DropClass::kUnknown, "unknown", "the kernel does not say why"},
}};

constexpr std::array<DropLayerInfo, kDropLayerCount> kLayers = {{
    {DropLayer::kDevice, "device"},
    {DropLayer::kQdisc, "qdisc"},
    {DropLayer::kL2, "l2"},
    {DropLayer::kIp, "ip"},
    {DropLayer::kNetfilter, "netfilter"},
    {DropLayer::kTcp, "tcp"},
    {DropLayer::kUdp, "udp"},
    {DropLayer::kSocket, "socket"},
    {DropLayer::kOther, "other"},
}};

// The tokens of the tables.
namespace token {
constexpr DropClass benign = DropClass::kBenign;
constexpr DropClass policy = DropClass::kPolicy;
constexpr DropClass capacity = DropClass::kCapacity;
constexpr DropClass error = DropClass::kError;
constexpr DropClass config = DropClass::kConfig;
constexpr DropClass unknown = DropClass::kUnknown;
constexpr DropLayer device = DropLayer::kDevice;
constexpr DropLayer qdisc = DropLayer::kQdisc;
constexpr DropLayer l2 = DropLayer::kL2;
constexpr DropLayer ip = DropLayer::kIp;
constexpr DropLayer netfilter = DropLayer::kNetfilter;
constexpr DropLayer tcp = DropLayer::kTcp;
constexpr DropLayer udp = DropLayer::kUdp;
constexpr DropLayer socket = DropLayer::kSocket;
constexpr DropLayer other = DropLayer::kOther;
}  // namespace token

template <std::size_t n>
constexpr std::array<DropInfo, n> sorted(std::array<DropInfo, n> rows) {
  std::ranges::sort(rows, {}, &DropInfo::name);
  return rows;
}

#define PD_DROP_REASON(name, drop_class, layer, sentence) \
  DropInfo{#name, {token::drop_class, token::layer}, sentence},
constexpr auto kReasons = sorted(std::to_array<DropInfo>({
#include "model/drop_reasons.def"
}));

#define PD_DROP_FUNCTION(name, drop_class, layer, sentence) \
  DropInfo{#name, {token::drop_class, token::layer}, sentence},
constexpr auto kFunctions = sorted(std::to_array<DropInfo>({
#include "model/drop_functions.def"
}));

const DropInfo* find(std::span<const DropInfo> rows, std::string_view name) {
  const auto found = std::ranges::lower_bound(rows, name, {}, &DropInfo::name);
  return found != rows.end() && found->name == name ? &*found : nullptr;
}

const DropInfo* deciding_row(std::string_view reason, std::string_view function) {
  return reason == kNotSpecified ? find(kFunctions, function) : find(kReasons, reason);
}

}  // namespace

const std::array<DropClassInfo, kDropClassCount>& drop_classes() { return kClasses; }
const std::array<DropLayerInfo, kDropLayerCount>& drop_layers() { return kLayers; }

std::string_view to_string(DropClass drop_class) {
  return kClasses[static_cast<std::size_t>(drop_class)].label;
}

std::string_view to_string(DropLayer layer) {
  return kLayers[static_cast<std::size_t>(layer)].label;
}

std::span<const DropInfo> drop_reasons() { return kReasons; }
std::span<const DropInfo> drop_functions() { return kFunctions; }

const DropInfo* find_reason(std::string_view name) { return find(kReasons, name); }
const DropInfo* find_function(std::string_view name) { return find(kFunctions, name); }

std::string_view describe(std::string_view reason, std::string_view function) {
  const DropInfo* row = deciding_row(reason, function);
  if (!row) row = find_reason(reason);
  return row ? row->sentence : std::string_view{};
}

Verdict judge(std::string_view reason, std::string_view function) {
  const DropInfo* const row = deciding_row(reason, function);
  return row ? row->verdict : Verdict{};
}

}  // namespace packetdrop
