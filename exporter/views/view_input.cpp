// SPDX-License-Identifier: Apache-2.0
// Classifies the drops of a snapshot once for all views.
#include "views/view_input.h"

#include "base/grouped.h"

namespace packetdrop {
namespace {

// What all drops of one reason have in common.
struct Reason {
  std::uint32_t number;
  bool by_function;  // the class depends on the function, too
  Verdict verdict;
};

}  // namespace

ViewInput::ViewInput(const Snapshot& snapshot) : snapshot_(snapshot) {
  drops_.reserve(snapshot.drops.size());
  Grouped<Reason, std::string_view> reasons;
  const auto reason_of = [&](std::string_view name) -> const Reason& {
    return reasons.at(name, [&] {
      return Reason{.number = static_cast<std::uint32_t>(reasons.size()),
                    .by_function = name == kNotSpecified,
                    .verdict = judge(name, {})};
    });
  };
  if (!snapshot.drops.empty()) reason_of(kOther);
  for (const Drop& drop : snapshot.drops) {
    const Reason& reason = reason_of(drop.reason);
    drops_.push_back(
        {.drop = &drop,
         .reason = reason.number,
         .verdict = reason.by_function ? judge(drop.reason, drop.function) : reason.verdict});
  }
}

}  // namespace packetdrop
