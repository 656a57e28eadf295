// SPDX-License-Identifier: Apache-2.0
// Finds in the table of expectations what one kernel says of one cause.
#include "provoke/expectation.h"

#include <sys/utsname.h>

#include <charconv>
#include <ranges>

namespace packetdrop::provoke {
namespace {

struct ExpectationRow {
  std::string_view cause;
  Family family;
  std::string_view protocol;
  std::string_view reason;
  std::string_view function;
  std::string_view why_not = "";
  std::string_view beside = "";
};

// 5.10 counts what TCP drops, and traces nothing; kernels with reasons do.
constexpr std::string_view kTcpDrop = "tcp_drop() of this kernel frees without kfree_skb()";

constexpr ExpectationRow kRows[] = {
#define DROPS(cause, family, ...) {#cause, Family::family, __VA_ARGS__},
#include "provoke/expectations.def"
#undef DROPS
};

constexpr KernelLine kFirstWithReasons = {5, 17};

// The word of a column that holds for `kernel`.
std::string_view at(std::string_view column, const KernelLine& kernel) {
  std::string_view holds;
  for (const auto part : std::views::split(column, ' ')) {
    const std::string_view word(part.begin(), part.end());
    const std::size_t colon = word.find(':');
    if (colon == std::string_view::npos)
      holds = word;
    else if (kernel_line(word.substr(0, colon)) <= kernel)
      holds = word.substr(colon + 1);
  }
  return holds;
}

}  // namespace

KernelLine kernel_line(std::string_view release) {
  KernelLine line;
  const char* end = release.data() + release.size();
  const auto major = std::from_chars(release.data(), end, line.major);
  if (major.ptr != end) std::from_chars(major.ptr + 1, end, line.minor);
  return line;
}

KernelLine running_kernel() {
  utsname name{};
  uname(&name);
  return kernel_line(name.release);
}

std::string to_string(const KernelLine& line) {
  return std::to_string(line.major) + "." + std::to_string(line.minor);
}

Result<Expectation> expectation(const Cause& cause, const KernelLine& kernel) {
  for (const ExpectationRow& row : kRows) {
    if (row.cause != cause.name || row.family != cause.family) continue;
    Expectation out{.family = std::string(to_string(row.family)),
                    .protocol = std::string(at(row.protocol, kernel)),
                    .reason = std::string(at(row.reason, kernel)),
                    .function = std::string(at(row.function, kernel)),
                    .beside = std::string(at(row.beside, kernel)),
                    .why_not = ""};
    if (out.beside == "-") out.beside.clear();
    if (out.reason == "-")
      out.why_not = row.why_not;
    else if (kernel < kFirstWithReasons)
      out.reason = "NOT_SPECIFIED";
    return out;
  }
  return Error{.code = 0, .message = "no expectation for " + full_name(cause)};
}

}  // namespace packetdrop::provoke
