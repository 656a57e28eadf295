// SPDX-License-Identifier: Apache-2.0
// The signals that end the program, while it starts and while it runs.
#include "base/end_signals.h"

#include <unistd.h>

#include <cstdlib>
#include <initializer_list>

namespace packetdrop {
namespace {

extern "C" void end_at_once(int /*signal*/) { ::_exit(EXIT_SUCCESS); }

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int each : signals) sigaddset(&set, each);
  return set;
}

}  // namespace

sigset_t block_end_signals() {
  const sigset_t signals = set_of({SIGTERM, SIGINT, SIGHUP});
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // The handler runs only while an EndsAtOnce unblocks the signals.
  for (const int each : {SIGTERM, SIGINT}) std::signal(each, end_at_once);
  return signals;
}

EndsAtOnce::EndsAtOnce() {
  const sigset_t signals = set_of({SIGTERM, SIGINT});
  pthread_sigmask(SIG_UNBLOCK, &signals, &before_);
}

EndsAtOnce::~EndsAtOnce() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace packetdrop
