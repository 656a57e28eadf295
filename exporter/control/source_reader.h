// SPDX-License-Identifier: Apache-2.0
// Reads one source on a thread of its own, so that one that hangs costs no more than that thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "model/snapshot.h"
#include "model/source.h"

namespace packetdrop {

// Thread-safe. Destroyed while a read hangs, it leaves the thread behind, which keeps the source.
class SourceReader {
 public:
  explicit SourceReader(std::shared_ptr<Source> source);
  ~SourceReader();
  SourceReader(const SourceReader&) = delete;
  SourceReader& operator=(const SourceReader&) = delete;

  using Clock = std::chrono::steady_clock;
  using Ticket = std::uint64_t;

  struct Reading {
    Result<Snapshot> snapshot;
    double seconds = 0;  // that the source took, or has taken so far
  };

  // Asks for a reading that begins now or later; who asks at the same time shares one.
  Ticket ask();
  // Error ETIMEDOUT: the source has not come back yet, and is asked nothing more until it has.
  Reading wait(Ticket ticket, Clock::time_point deadline);

  Result<Snapshot> read(std::chrono::milliseconds patience) {
    return wait(ask(), Clock::now() + patience).snapshot;
  }

  // For a shutdown: nobody waits any longer, now or later, and no other read begins. A read that
  // is under way gets this time to come back before it counts as given up.
  void stop(std::chrono::milliseconds patience);

  // Whether a read that was given up has still not come back.
  bool stuck() const;

 private:
  struct Shared;
  static void run(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;  // with the thread
};

}  // namespace packetdrop
