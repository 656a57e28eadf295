// SPDX-License-Identifier: Apache-2.0
// Where log lines go: stderr, without ever waiting for whoever reads it.
#pragma once

#include <spdlog/sinks/base_sink.h>

#include <mutex>
#include <string_view>

namespace packetdrop {

// A line that does not fit into a pipe that nobody reads is dropped, and the next line that fits
// is preceded by one that counts them. Thread-safe, as every spdlog sink with a mutex.
class StderrSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  // Whether its formatter suits the line that counts, which is an ordinary message.
  explicit StderrSink(bool counts) : counts_(counts) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override;
  void flush_() override {}

 private:
  // Formats and writes, in pieces that cannot block. False: nobody reads, nothing was written.
  bool write_message(const spdlog::details::log_msg& message);

  const bool counts_;
};

}  // namespace packetdrop
