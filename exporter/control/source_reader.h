// SPDX-License-Identifier: Apache-2.0
// Reads one source on its own thread, so that a source that hangs blocks only that thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "base/result.h"
#include "model/snapshot.h"
#include "model/source.h"

namespace packetdrop {

// Thread-safe. If destroyed while a read hangs, it leaves the thread running, which owns the
// source.
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
    double seconds = 0;  // the time that the source took, or has taken so far
  };

  // Requests a reading that begins now or later; concurrent callers share one.
  Ticket ask();
  // Error ETIMEDOUT: the source has not returned yet; no other read starts until it has.
  Reading wait(Ticket ticket, Clock::time_point deadline);

  Result<Snapshot> read(std::chrono::milliseconds timeout) {
    return wait(ask(), Clock::now() + timeout).snapshot;
  }

  // For a shutdown: current and later callers return at once, and no other read starts. A running
  // read has this time to return before it counts as given up.
  void stop(std::chrono::milliseconds timeout);

  // Whether a read that was given up has still not returned.
  bool stuck() const;

 private:
  struct Shared;
  static void run(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;  // with the thread, which may outlive this object
};

}  // namespace packetdrop
