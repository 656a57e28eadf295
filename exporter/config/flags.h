// SPDX-License-Identifier: Apache-2.0
// The flag table. The parser, --help and the documentation test use it.
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
  kRefused,     // other exporters have it, this one does not; not in --help
};

struct Flag {
  std::string_view name;  // with its dashes
  FlagKind kind;
  std::string_view shown;  // the value in --help: the default, or a placeholder
  std::string_view help;
  // Stores a value in Options; a switch gets "true" or "false". The error says what is wrong with
  // the value and what is expected, without the name of the flag.
  Result<void> (*apply)(Options&, std::string_view value);
  // For a repeatable flag with a default: removes it before given values are stored.
  void (*forget_default)(Options&) = nullptr;
};

std::span<const Flag> flags();

// As --help shows it: "--[no-]activate", "--log.level=info".
std::string display(const Flag& flag);

}  // namespace packetdrop
