// SPDX-License-Identifier: Apache-2.0
// Whether anybody should care about a drop, and where it happened: by reason, else by function.
#include "model/drop_reason.h"

#include <algorithm>
#include <unordered_map>

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

using Index = std::unordered_map<std::string_view, const DropInfo*>;

Index index_of(std::span<const DropInfo> rows) {
  Index index(rows.size());
  for (const DropInfo& row : rows) index.emplace(row.name, &row);
  return index;
}

const DropInfo* find(const Index& index, std::string_view name) {
  const auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

const DropInfo* deciding_row(std::string_view reason, std::string_view function) {
  return reason == kNotSpecified ? find_function(function) : find_reason(reason);
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

// Each drop of each scrape is looked up here.
const DropInfo* find_reason(std::string_view name) {
  static const Index kIndex = index_of(kReasons);
  return find(kIndex, name);
}

const DropInfo* find_function(std::string_view name) {
  static const Index kIndex = index_of(kFunctions);
  return find(kIndex, name);
}

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
