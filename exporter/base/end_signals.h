// SPDX-License-Identifier: Apache-2.0
// The signals that end the program, while it starts and while it runs.
#pragma once

#include <csignal>

namespace packetdrop {

// Blocks SIGTERM, SIGINT and SIGHUP in this thread and in the threads it starts, and returns them
// for sigwait(). Call once, before the first thread is started.
sigset_t block_end_signals();

// For a wait at the start that nothing else can interrupt, such as name resolution. While one
// exists, SIGTERM and SIGINT, pending ones included, end the process at once with exit code 0, in
// this thread. No destructor runs, so nothing must exist yet that needs cleanup, and no thread may
// be started meanwhile. Has no effect if block_end_signals() was not called.
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
