// SPDX-License-Identifier: Apache-2.0
// Switches sources on and off, and knows since when and until when they count.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/boot_time.h"
#include "control/source_reader.h"
#include "model/reading.h"
#include "model/source.h"

namespace packetdrop {

enum class ControlErrorKind {
  kUnknownSource,    // no source has that name
  kNotOnThisHost,    // the source is not available here, or --source excludes it
  kNothingAttached,  // no source could attach a hook; the message has the reason of each source
  kDeactivateFailed,
  kBusy,  // another call is still running
};

struct ControlError {
  ControlErrorKind kind;
  std::string message;
};

// The state of one source as read from it, and the activation by this process, if any.
struct SourceState {
  SourceReading reading;  // an error: the source is absent or cannot be read
  // Set while active by a call of this process; `until` only if that call had a ttl.
  std::optional<std::chrono::system_clock::time_point> since;
  std::optional<std::chrono::system_clock::time_point> until;

  bool present() const { return static_cast<bool>(reading.snapshot); }
  bool active() const { return present() && reading.snapshot->active; }
};

// Every method may be called from any thread. Reading never waits for an activation that is still
// running, and no call waits forever for a source that hangs.
class Controller {
 public:
  using Ttl = std::optional<std::chrono::milliseconds>;

  // The longest wait for a source to answer, and for another activation or deactivation to end.
  static constexpr std::chrono::milliseconds kTimeout = std::chrono::seconds(5);

  // `sources` in order of preference: the first that can attach is the default.
  // `clock` must outlive the controller; null: boot_time().
  explicit Controller(std::vector<std::unique_ptr<Source>> sources, BootClock* clock = nullptr);
  ~Controller();

  // `selector` is a source's name, "all", or "" for the first source that can attach. The ttl
  // starts with the last call; a call without a ttl removes it. Succeeds if at least one source is
  // active.
  Result<void, ControlError> activate(std::string_view selector, Ttl ttl = {});

  // "" means all. Cancels the ttl of the selected sources.
  Result<void, ControlError> deactivate(std::string_view selector);

  // Reads every source that is on this host now. A source that has not answered after `timeout`
  // has the error ETIMEDOUT.
  std::vector<SourceReading> read_all(std::chrono::milliseconds timeout = kTimeout);
  // Reads every source, absent ones included.
  std::vector<SourceState> state();

  // Cancels every ttl and deactivates only what this process activated. Idempotent; later
  // activations fail. The destructor calls it.
  void shutdown();

 private:
  using Clock = std::chrono::steady_clock;

  // One source and what this process did to it. The Source is thread-safe; mutex_ guards the rest.
  struct Slot {
    std::shared_ptr<Source> source;
    std::unique_ptr<SourceReader> reader;
    bool owned = false;  // this process activated it, and nobody deactivated it since
    // CLOCK_BOOTTIME, because the wall clock may be set meanwhile.
    std::optional<std::chrono::nanoseconds> since;
    std::optional<std::chrono::nanoseconds> until;
    std::optional<Clock::time_point> deadline;  // `until` by the clock of the expiry thread
    std::uint64_t changes = 0;                  // calls that changed this slot
  };

  Result<std::vector<Slot*>, ControlError> select(std::string_view selector);
  Result<void> activate_slot(Slot& slot, Ttl ttl);
  Result<void> deactivate_slot(Slot& slot);
  void forget(Slot& slot);
  std::optional<std::chrono::system_clock::time_point> on_the_wall(
      std::optional<std::chrono::nanoseconds> time) const;
  std::vector<SourceState> read_slots(std::chrono::milliseconds timeout);
  SourceState state_of(Slot& slot, SourceReader::Reading reading, std::uint64_t changes);
  void expire(std::stop_token stop);
  void expire_due();
  Slot* next_to_expire();

  BootClock* const clock_;
  std::vector<Slot> slots_;  // never resized after construction
  std::timed_mutex change_;  // one activation or deactivation at a time; taken before mutex_
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool shut_down_ = false;  // guarded by change_
  std::jthread expiry_;
};

}  // namespace packetdrop
