// SPDX-License-Identifier: Apache-2.0
// Which capabilities the exporter needs, by what it was asked to do and where it runs.
#pragma once

#include "privileges/capability_set.h"

namespace packetdrop {

struct PrivilegeNeeds {
  CapabilitySet given;     // what the process was started with
  bool bpf = true;         // counts by BPF
  bool kmod = true;        // switches the module
  bool low_port = false;   // listens on a port below 1024
  bool switchable = true;  // POST may attach and detach at any time
  bool memlock = false;    // the kernel charges maps to RLIMIT_MEMLOCK
  int perf_event_paranoid = 2;
  bool reading_is_bpf = false;  // bpf() asks for CAP_BPF even to read a map
};

// To attach, to listen, and to take the module's counting back at the end.
CapabilitySet needed_to_start(const PrivilegeNeeds& needs);

// Of threads that answer, while all this goes on.
CapabilitySet needed_to_serve(const PrivilegeNeeds& needs);

// Whether this kernel, as it is set up, refuses bpf() altogether without CAP_BPF: before 5.19, with
// kernel.unprivileged_bpf_disabled. Costs a thread.
bool bpf_asks_for_capability_to_read();

}  // namespace packetdrop
