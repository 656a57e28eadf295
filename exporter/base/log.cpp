// SPDX-License-Identifier: Apache-2.0
// Sets up the process log: one line per event on stderr, logfmt or JSON.
#include "base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

#include "base/stderr_sink.h"
#include "base/text.h"

namespace packetdrop {
namespace {

// %Q: the message, quoted.
class QuotedMessage : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string text = quoted({message.payload.data(), message.payload.size()});
    out.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<QuotedMessage>();
  }
};

// %V: the level as --log.level names it.
class LevelName : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    static constexpr std::string_view kNames[] = {"trace", "debug", "info", "warn",
                                                  "error", "error", "off"};
    const std::string_view name = kNames[message.level];
    out.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<LevelName>();
  }
};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarn:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

constexpr const char* kFieldsLogger = "packetdrop-fields";
bool json = false;  // set once, by start_log()

// Writes lines to stderr. In `pattern`, %V is the level, %Q the message in quotes.
std::shared_ptr<spdlog::logger> make_logger(const char* name, const char* pattern,
                                            spdlog::level::level_enum level) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
  formatter->add_flag<QuotedMessage>('Q').add_flag<LevelName>('V').set_pattern(pattern);
  auto logger = std::make_shared<spdlog::logger>(
      name, std::make_shared<StderrSink>(std::string_view(name) != kFieldsLogger));
  spdlog::register_logger(logger);
  logger->set_formatter(std::move(formatter));
  logger->set_level(level);
  return logger;
}

// A value that needs no quotes in logfmt.
bool is_plain(std::string_view value) {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '=' && c != '\\';
  });
}

void append_field(std::string& line, std::string_view name, std::string_view value) {
  if (json) {
    line.append(",").append(quoted(name)).append(":").append(quoted(value));
    return;
  }
  line.append(" ").append(name).append("=");
  line.append(is_plain(value) ? std::string(value) : quoted(value));
}

}  // namespace

void start_log(LogLevel level, LogFormat format) {
  json = format == LogFormat::kJson;
  const auto least = spdlog_level(level);
  spdlog::set_default_logger(
      make_logger("packetdrop",
                  json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%V","msg":%Q})"
                       : "ts=%Y-%m-%dT%H:%M:%S.%eZ level=%V msg=%Q",
                  least));
  // log_with_fields() formats message and fields itself.
  make_logger(kFieldsLogger,
              json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%V",%v})"
                   : "ts=%Y-%m-%dT%H:%M:%S.%eZ level=%V %v",
              least);
}

void log_with_fields(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  const auto logger = spdlog::get(kFieldsLogger);
  if (!logger || !logger->should_log(spdlog_level(level))) return;
  std::string line = json ? R"("msg":)" : "msg=";
  line += quoted(message);
  for (const LogField& field : fields) append_field(line, field.name, field.value);
  logger->log(spdlog_level(level), line);
}

}  // namespace packetdrop
