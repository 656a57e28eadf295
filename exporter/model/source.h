// SPDX-License-Identifier: Apache-2.0
// The interface behind which each kernel component stands.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/snapshot.h"
#include "model/source_names.h"

namespace packetdrop {

// One kernel component that counts. Every method may be called from any thread at any time.
class Source {
 public:
  virtual ~Source() = default;

  // One of kSourceNames.
  virtual std::string_view name() const = 0;

  // Attaches what can be attached, then opens the gate. Idempotent: an active source stays as it
  // is. Succeeds if one hook or more is attached; else the error has the first hook's errno, the
  // source stays inactive and read() tells every hook's refusals.
  virtual Result<void> activate() = 0;

  // Closes the gate, waits until no handler runs, takes the final values, detaches. Idempotent.
  virtual Result<void> deactivate() = 0;

  // Counters stay readable, unchanged, while inactive. ENOENT: the source is not on this host, or
  // not now; any other error: it is there and cannot be read. One that can be read but cannot
  // count says so in Snapshot::unusable.
  virtual Result<Snapshot> read() = 0;
};

}  // namespace packetdrop
