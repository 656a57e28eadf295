// SPDX-License-Identifier: Apache-2.0
// Packets that pass each hook once, and what they do on their way is the same every time.
#pragma once

#include "lab/hosts.h"
#include "lab/sender.h"

namespace packetdrop::bench {

class Traffic {
 public:
  Traffic();

  // `count` packets, one write() each; returns when they are through.
  void send(pd_hook hook, int count);

  // Frames of every key through every hook.
  void send_every_kind();

 private:
  lab::Hosts hosts_;
  lab::NetNs tap_ns_;
  lab::FrameSender transmit_;  // into a veth, for the hooks of transmission
  lab::TapSender receive_;     // from a tap, for those of reception
};

}  // namespace packetdrop::bench
