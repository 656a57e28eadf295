// SPDX-License-Identifier: Apache-2.0
// Whether anybody should care about a drop, and where it happened: by reason, else by function.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace packetdrop {

// Whether anybody should care; the "class" label.
enum class DropClass { kBenign, kPolicy, kCapacity, kError, kConfig, kUnknown };
inline constexpr std::size_t kDropClassCount = 6;

// Where; the "layer" label.
enum class DropLayer { kDevice, kQdisc, kL2, kIp, kNetfilter, kTcp, kUdp, kSocket, kOther };
inline constexpr std::size_t kDropLayerCount = 9;

struct DropClassInfo {
  DropClass id;
  std::string_view label;
  std::string_view what;
};

struct DropLayerInfo {
  DropLayer id;
  std::string_view label;
};

const std::array<DropClassInfo, kDropClassCount>& drop_classes();
const std::array<DropLayerInfo, kDropLayerCount>& drop_layers();

std::string_view to_string(DropClass drop_class);
std::string_view to_string(DropLayer layer);

struct Verdict {
  DropClass drop_class = DropClass::kUnknown;
  DropLayer layer = DropLayer::kOther;

  bool operator==(const Verdict&) const = default;
};

// One row of drop_reasons.def or drop_functions.def; see there.
struct DropInfo {
  std::string_view name;
  Verdict verdict;
  std::string_view sentence;  // what it means, for a person
};

// Both ascending by name.
std::span<const DropInfo> drop_reasons();
std::span<const DropInfo> drop_functions();

// Null for what is in no row.
const DropInfo* find_reason(std::string_view name);
const DropInfo* find_function(std::string_view name);

// What a drop means, for a person: the function's sentence where the reason is NOT_SPECIFIED and
// the function has one, else the reason's. Empty for what is in no row.
std::string_view describe(std::string_view reason, std::string_view function);

// The reason decides; the function where the reason is NOT_SPECIFIED.
Verdict judge(std::string_view reason, std::string_view function);

}  // namespace packetdrop
