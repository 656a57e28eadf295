// SPDX-License-Identifier: Apache-2.0
// Every source that the contract suite runs against, each with a way to give it packets.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "model/source.h"

namespace packetdrop {

struct Subject {
  std::unique_ptr<Source> source;  // nothing: this host cannot have it
  // Makes `count` packets of IPv6 UDP, 100 bytes of payload each, pass the transmit and receive
  // path, and returns when they have.
  std::function<void(int count)> send;
  // Makes `count` packets of IPv6 UDP be dropped, because nobody listens, and returns when they
  // are.
  std::function<void(int count)> drop;
};

struct SubjectKind {
  std::string name;
  std::function<Subject()> make;
};

// What GoogleTest prints of it.
inline void PrintTo(const SubjectKind& kind, std::ostream* out) { *out << kind.name; }

std::vector<SubjectKind> subject_kinds();

}  // namespace packetdrop
