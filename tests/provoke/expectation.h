// SPDX-License-Identifier: Apache-2.0
// What each kernel says of each cause.
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

// A row of the table. Each of the last four columns says what holds from the oldest kernel on, and
// behind "V:" what holds from kernel V on: "NOT_SPECIFIED 6.12:DUP_FRAG". "-" in place of the
// reason is a kernel that cannot give it, and `why_not` says why.
struct ExpectationRow {
  std::string_view cause;
  Family family;
  std::string_view protocol;
  std::string_view reason;
  std::string_view function;
  std::string_view why_not = "";
  // Other drops that come with it, as reasons; "*" stands for any.
  std::string_view beside = "";
};
std::span<const ExpectationRow> expectation_rows();

// What one kernel is to say of one cause.
struct Expectation {
  std::string family;
  std::string protocol;
  std::string reason;  // NOT_SPECIFIED before 5.17, which has no reasons
  std::string function;
  std::string why_not;  // not empty where this kernel cannot give it
  std::string beside;
};
// A cause without a row is an error.
Result<Expectation> expectation(const Cause& cause, const KernelLine& kernel);

}  // namespace packetdrop::provoke
