// SPDX-License-Identifier: Apache-2.0
// The signals that end the program: awaited in the end, and obeyed while it still starts.
#pragma once

#include <csignal>

namespace packetdrop {

// Blocks SIGTERM, SIGINT and SIGHUP in this thread and in those that it starts, and returns them,
// for sigwait(). Call once, before the first thread.
sigset_t block_end_signals();

// For a wait of the start that nothing else could end, such as the resolver's. While one exists,
// SIGTERM and SIGINT, also those that came before, end the process in this thread, at once and
// with 0. No destructor runs: there must be nothing yet that somebody has to take back, and no
// thread may be started meanwhile. Changes nothing where block_end_signals() was not called.
class EndsAtOnce {
 public:
  EndsAtOnce();
  ~EndsAtOnce();
  EndsAtOnce(const EndsAtOnce&) = delete;
  EndsAtOnce& operator=(const EndsAtOnce&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace packetdrop
