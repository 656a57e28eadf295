// SPDX-License-Identifier: Apache-2.0
// Sets up the process log: one line an event on stderr, logfmt or JSON.
#pragma once

#include <string>
#include <string_view>

namespace packetdrop {

enum class LogFormat { kLogfmt, kJson };
enum class LogLevel { kDebug, kInfo, kWarn, kError };

// Call once, before the first line. Later lines go through spdlog::info() and its like.
void start_log(LogLevel level, LogFormat format);

// `text` as a quoted string with every special character escaped; valid in JSON and in logfmt.
std::string quoted(std::string_view text);

}  // namespace packetdrop
