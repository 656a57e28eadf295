// SPDX-License-Identifier: Apache-2.0
// Preloaded, it lets a debugger in once the dynamic linker is done and nothing else has begun.
#include <signal.h>
#include <stdlib.h>

__attribute__((constructor)) static void stop(void) {
  unsetenv("LD_PRELOAD");
  raise(SIGSTOP);
}
