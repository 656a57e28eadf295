// SPDX-License-Identifier: Apache-2.0
// The signals that end the program: awaited in the end, and obeyed while it still starts.
#include "base/end_signals.h"

#include <unistd.h>

#include <cstdlib>
#include <initializer_list>

namespace packetdrop {
namespace {

extern "C" void end_at_once(int /*signal*/) { ::_exit(EXIT_SUCCESS); }

}  // namespace

sigset_t block_end_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, each);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // Run only where EndsAtOnce lets them in.
  for (const int each : {SIGTERM, SIGINT}) std::signal(each, end_at_once);
  return signals;
}

EndsAtOnce::EndsAtOnce() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int each : {SIGTERM, SIGINT}) sigaddset(&signals, each);
  pthread_sigmask(SIG_UNBLOCK, &signals, &before_);
}

EndsAtOnce::~EndsAtOnce() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace packetdrop
