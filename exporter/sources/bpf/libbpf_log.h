// SPDX-License-Identifier: Apache-2.0
// What libbpf says goes to the log at level debug, and the first warning into a refusal.
#pragma once

#include <string>
#include <string_view>

namespace packetdrop {

// From now on, in the whole process.
void log_libbpf();

// While it lives, keeps what libbpf warns of in this thread. One at a time in each thread.
class LibbpfWords {
 public:
  LibbpfWords();
  ~LibbpfWords();
  LibbpfWords(const LibbpfWords&) = delete;
  LibbpfWords& operator=(const LibbpfWords&) = delete;

  // The first warning is the nearest to the cause; empty where there was none.
  const std::string& first() const { return first_; }
  void add(std::string_view words);

 private:
  std::string first_;
};

}  // namespace packetdrop
