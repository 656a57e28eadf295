// SPDX-License-Identifier: Apache-2.0
// What a drop means: the tables of reasons and of dropping functions, and the verdict from both.
#pragma once

#include <span>
#include <string_view>

namespace packetdrop {

// Whether anybody should care.
enum class DropClass { kBenign, kPolicy, kCapacity, kError, kConfig, kUnknown };

// Where in the kernel.
enum class DropLayer { kDevice, kQdisc, kL2, kIp, kNetfilter, kTcp, kUdp, kSocket, kOther };

// The reason of a drop whose kernel names none.
inline constexpr std::string_view kNotSpecified = "NOT_SPECIFIED";

// One row of drop_reasons.def; see there for what each column means.
struct DropReasonInfo {
  std::string_view name;
  DropClass drop_class;
  DropLayer layer;
  std::string_view sentence;
};

// One row of drop_functions.def.
struct DropFunctionInfo {
  std::string_view function;
  DropClass drop_class;
  DropLayer layer;
  std::string_view sentence;
};

struct Verdict {
  DropClass drop_class;
  DropLayer layer;

  bool operator==(const Verdict&) const = default;
};

// In the order of the tables.
std::span<const DropReasonInfo> drop_reasons();
std::span<const DropFunctionInfo> drop_functions();

// Null where the tables know no such name.
const DropReasonInfo* find_reason(std::string_view name);
const DropFunctionInfo* find_function(std::string_view function);

// The reason decides; the function does where the reason is NOT_SPECIFIED. What neither table knows
// is unknown and other.
Verdict judge(std::string_view reason, std::string_view function);

std::string_view to_string(DropClass drop_class);
std::string_view to_string(DropLayer layer);

}  // namespace packetdrop
