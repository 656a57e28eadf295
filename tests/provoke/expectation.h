// SPDX-License-Identifier: Apache-2.0
// What each kernel says of each cause, out of the table expectations.def.
#pragma once

#include <compare>
#include <span>
#include <string>
#include <string_view>

#include "provoke/cause.h"

namespace packetdrop::provoke {

// Of a release: 6 and 12 of "6.12.95+deb12-cloud-amd64".
struct KernelLine {
  int major = 0;
  int minor = 0;
  auto operator<=>(const KernelLine&) const = default;
};
KernelLine kernel_line(std::string_view release);
KernelLine running_kernel();
std::string to_string(const KernelLine& line);

// What one kernel is to say of one cause.
struct Expectation {
  std::string family;
  std::string protocol;
  std::string reason;  // NOT_SPECIFIED before 5.17, which has no reasons
  std::string function;
  std::string beside;   // empty where there is none
  std::string why_not;  // not empty where this kernel cannot give it
};
// A cause without a row is an error.
Result<Expectation> expectation(const Cause& cause, const KernelLine& kernel);

}  // namespace packetdrop::provoke
