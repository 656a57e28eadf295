// SPDX-License-Identifier: Apache-2.0
// A kprobe of somebody else's: one of the kernel's own tracing.
#pragma once

#include <string>

namespace packetdrop::hard_use {

// On a function of the kernel's, or on MODULE:FUNCTION, which it must not outlive. It counts
// nothing until it is enabled.
class KprobeEvent {
 public:
  KprobeEvent(std::string name, const std::string& function);
  ~KprobeEvent();
  KprobeEvent(const KprobeEvent&) = delete;
  KprobeEvent& operator=(const KprobeEvent&) = delete;

  void enable();

  // How often it was hit, or -1.
  long hits() const;

 private:
  std::string name_;
};

}  // namespace packetdrop::hard_use
