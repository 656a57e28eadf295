// SPDX-License-Identifier: Apache-2.0
// Which capabilities the exporter needs, by its options and by the host.
#pragma once

#include "privileges/capability_set.h"

namespace packetdrop {

struct PrivilegeNeeds {
  CapabilitySet given;     // the capabilities at start
  bool bpf = true;         // counts by BPF
  bool kmod = true;        // switches the module
  bool low_port = false;   // listens on a port below 1024
  bool switchable = true;  // POST may attach and detach at any time
  bool memlock = false;    // the kernel charges maps to RLIMIT_MEMLOCK
  int perf_event_paranoid = 2;
  bool reading_is_bpf = false;  // bpf() needs CAP_BPF even to read a map
};

// To attach, to listen, and to deactivate the module at the end.
CapabilitySet needed_to_start(const PrivilegeNeeds& needs);

// Capabilities kept by the serving threads.
CapabilitySet needed_to_serve(const PrivilegeNeeds& needs);

// Whether this kernel, with its current settings, refuses every bpf() call without CAP_BPF: before
// 5.19, with kernel.unprivileged_bpf_disabled. Starts a thread to find out.
bool bpf_asks_for_capability_to_read();

}  // namespace packetdrop
