// SPDX-License-Identifier: Apache-2.0
// What a drop means: the tables of reasons and of dropping functions, and the verdict from both.
#include "model/drop_reason.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace packetdrop {
namespace {

namespace drop_class {
constexpr DropClass benign = DropClass::kBenign;
constexpr DropClass policy = DropClass::kPolicy;
constexpr DropClass capacity = DropClass::kCapacity;
constexpr DropClass error = DropClass::kError;
constexpr DropClass config = DropClass::kConfig;
constexpr DropClass unknown = DropClass::kUnknown;
}  // namespace drop_class
namespace layer {
constexpr DropLayer device = DropLayer::kDevice;
constexpr DropLayer qdisc = DropLayer::kQdisc;
constexpr DropLayer l2 = DropLayer::kL2;
constexpr DropLayer ip = DropLayer::kIp;
constexpr DropLayer netfilter = DropLayer::kNetfilter;
constexpr DropLayer tcp = DropLayer::kTcp;
constexpr DropLayer udp = DropLayer::kUdp;
constexpr DropLayer socket = DropLayer::kSocket;
constexpr DropLayer other = DropLayer::kOther;
}  // namespace layer

constexpr DropReasonInfo kReasons[] = {
#define PD_DROP_REASON(reason, reason_class, reason_layer, reason_sentence) \
  DropReasonInfo{.name = #reason,                                           \
                 .drop_class = drop_class::reason_class,                    \
                 .layer = layer::reason_layer,                              \
                 .sentence = reason_sentence},
#include "model/drop_reasons.def"
};

constexpr DropFunctionInfo kFunctions[] = {
#define PD_DROP_FUNCTION(name, function_class, function_layer, function_sentence) \
  DropFunctionInfo{.function = #name,                                             \
                   .drop_class = drop_class::function_class,                      \
                   .layer = layer::function_layer,                                \
                   .sentence = function_sentence},
#include "model/drop_functions.def"
};

constexpr std::string_view key(const DropReasonInfo& row) { return row.name; }
constexpr std::string_view key(const DropFunctionInfo& row) { return row.function; }

// The rows' numbers in the order of their keys.
template <typename Row, std::size_t Count>
constexpr auto sorted(const Row (&rows)[Count]) {
  std::array<std::uint16_t, Count> order{};
  for (std::size_t i = 0; i < Count; i++) order[i] = static_cast<std::uint16_t>(i);
  std::ranges::sort(order, {}, [&rows](std::uint16_t i) { return key(rows[i]); });
  return order;
}

constexpr auto kReasonOrder = sorted(kReasons);
constexpr auto kFunctionOrder = sorted(kFunctions);

template <typename Row, std::size_t Count>
const Row* find(const Row (&rows)[Count], const std::array<std::uint16_t, Count>& order,
                std::string_view wanted) {
  const auto key_of = [&rows](std::uint16_t i) { return key(rows[i]); };
  const auto found = std::ranges::lower_bound(order, wanted, {}, key_of);
  return found != order.end() && key_of(*found) == wanted ? &rows[*found] : nullptr;
}

template <typename Row>
Verdict verdict(const Row* row) {
  return row ? Verdict{row->drop_class, row->layer}
             : Verdict{DropClass::kUnknown, DropLayer::kOther};
}

}  // namespace

std::span<const DropReasonInfo> drop_reasons() { return kReasons; }
std::span<const DropFunctionInfo> drop_functions() { return kFunctions; }

const DropReasonInfo* find_reason(std::string_view name) {
  return find(kReasons, kReasonOrder, name);
}

const DropFunctionInfo* find_function(std::string_view function) {
  return find(kFunctions, kFunctionOrder, function);
}

Verdict judge(std::string_view reason, std::string_view function) {
  return reason == kNotSpecified ? verdict(find_function(function)) : verdict(find_reason(reason));
}

std::string_view to_string(DropClass drop_class) {
  switch (drop_class) {
    case DropClass::kBenign:
      return "benign";
    case DropClass::kPolicy:
      return "policy";
    case DropClass::kCapacity:
      return "capacity";
    case DropClass::kError:
      return "error";
    case DropClass::kConfig:
      return "config";
    case DropClass::kUnknown:
      return "unknown";
  }
  return "unknown";
}

std::string_view to_string(DropLayer layer) {
  switch (layer) {
    case DropLayer::kDevice:
      return "device";
    case DropLayer::kQdisc:
      return "qdisc";
    case DropLayer::kL2:
      return "l2";
    case DropLayer::kIp:
      return "ip";
    case DropLayer::kNetfilter:
      return "netfilter";
    case DropLayer::kTcp:
      return "tcp";
    case DropLayer::kUdp:
      return "udp";
    case DropLayer::kSocket:
      return "socket";
    case DropLayer::kOther:
      return "other";
  }
  return "other";
}

}  // namespace packetdrop
