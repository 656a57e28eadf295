// SPDX-License-Identifier: Apache-2.0
// Sets up the process log: one line per event on stderr, logfmt or JSON.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace packetdrop {

enum class LogFormat { kLogfmt, kJson };
enum class LogLevel { kDebug, kInfo, kWarn, kError };

// Call once, before the first line. Later lines go through spdlog::info() and its like.
void start_log(LogLevel level, LogFormat format);

struct LogField {
  std::string_view name;  // of letters, digits and _
  std::string value;
};

// One line with fields besides the message: name=value, or members in JSON. Call after start_log().
void log_with_fields(LogLevel level, std::string_view message, std::span<const LogField> fields);

}  // namespace packetdrop
