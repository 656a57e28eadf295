// SPDX-License-Identifier: Apache-2.0
// The causes of missed events, and the words for a refusal.
#include "model/snapshot.h"

#include "base/result.h"
#include "base/text.h"

namespace packetdrop {

std::string to_string(const Refusal& refusal) {
  return refusal.mechanism + " " + refusal.target + ": " + errno_name(refusal.code) + ", " +
         refusal.cause;
}

std::string to_string(std::span<const Refusal> refusals) {
  std::string text;
  for (const Refusal& refusal : refusals) append_item(text, "; ", to_string(refusal));
  return text;
}

const std::array<MissCauseInfo, kMissCauseCount>& miss_causes() {
  static constexpr std::array<MissCauseInfo, kMissCauseCount> kCauses = {{
      {"recursion", "the kernel skipped a run of a program that was already running on that CPU"},
      {"kprobe", "the kernel skipped a kprobe that was hit inside a kprobe"},
      {"xmit_unmatched", "net_dev_xmit whose net_dev_start_xmit was not seen"},
  }};
  return kCauses;
}

}  // namespace packetdrop
