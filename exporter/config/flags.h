// SPDX-License-Identifier: Apache-2.0
// The flag table: parser, --help and the tests of README all go by it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/options.h"

namespace packetdrop {

enum class FlagKind {
  kSwitch,      // takes no value
  kNegatable,   // takes no value and has a --no- form
  kValue,       // takes one value
  kRepeatable,  // takes one value each time
  kRefused,     // known to other exporters, not to this one; not in --help
};

struct Flag {
  std::string_view name;  // with its dashes
  FlagKind kind;
  std::string_view shown;  // --help shows it as the value: the default, or what it stands for
  std::string_view help;
  // Puts a value into Options; a switch gets "true" or "false". The error says what is wrong with
  // the value and what is right, without naming the flag.
  Result<void> (*apply)(Options&, std::string_view value);
  // For a repeatable flag with a default, which what is given replaces.
  void (*forget_default)(Options&) = nullptr;
};

std::span<const Flag> flags();

// As --help shows it: "--[no-]activate", "--log.level=info".
std::string display(const Flag& flag);

}  // namespace packetdrop
