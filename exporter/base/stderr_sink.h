// SPDX-License-Identifier: Apache-2.0
// Writes log lines to stderr and never waits for its reader.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string_view>

namespace packetdrop {

// If stderr is a pipe that nobody reads, lines that do not fit are dropped. The next line that fits
// is preceded by one that says how many were dropped. Thread-safe, as every spdlog sink with a
// mutex.
class StderrSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  // Whether the line about dropped lines, an ordinary message, can be formatted by this sink.
  explicit StderrSink(bool counts) : counts_(counts) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

 private:
  // Formats and writes, in pieces that cannot block. False: the pipe is full, nothing was written.
  bool write_message(const spdlog::details::log_msg& message);

  const bool counts_;
};

}  // namespace packetdrop
