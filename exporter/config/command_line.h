// SPDX-License-Identifier: Apache-2.0
// From the command line to Options, or to what to print instead of running.
#pragma once

#include <string>
#include <variant>

#include "config/options.h"

namespace packetdrop {

// Print `text`, which ends in a newline, to stdout if `code` is 0 (--help, --version), else to
// stderr, and exit with `code`.
struct PrintAndExit {
  int code;
  std::string text;
};

std::variant<Options, PrintAndExit> parse_command_line(int argc, const char* const* argv);

}  // namespace packetdrop
