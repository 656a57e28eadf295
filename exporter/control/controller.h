// SPDX-License-Identifier: Apache-2.0
// Who counts, since when and until when.
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
  kNotOnThisHost,    // there is such a source, but not here, or --source excludes it
  kNothingAttached,  // no source could attach a hook; the message has every source's reason
  kDeactivateFailed,
  kBusy,  // another call is still running
};

struct ControlError {
  ControlErrorKind kind;
  std::string message;
};

// What one source is doing, read from the source itself, and what this process knows about why.
struct SourceState {
  SourceReading reading;  // an error: the source is not there, or cannot be asked
  // Set while active by a call of this process; `until` only where that call had an end.
  std::optional<std::chrono::system_clock::time_point> since;
  std::optional<std::chrono::system_clock::time_point> until;

  bool present() const { return static_cast<bool>(reading.snapshot); }
  bool active() const { return present() && reading.snapshot->active; }
};

// Switches sources on and off and reads them. Every method may be called from any thread; reading
// never waits for an activation that is under way, and no call waits forever for a source that
// hangs.
class Controller {
 public:
  using Ttl = std::optional<std::chrono::milliseconds>;

  // For a source to be read, and for another switch to end.
  static constexpr std::chrono::milliseconds kPatience = std::chrono::seconds(5);

  // `sources` in order of preference: the first that can attach is the default.
  // `clock` must outlive it; null: the process's.
  explicit Controller(std::vector<std::unique_ptr<Source>> sources, BootClock* clock = nullptr);
  ~Controller();

  // `selector` is a source's name, "all", or "" for the first source that can attach. The ttl
  // counts from the last call; a call without one means no end. Succeeds if one source is active.
  Result<void, ControlError> activate(std::string_view selector, Ttl ttl = {});

  // "" is all. Cancels the ttl of what it names.
  Result<void, ControlError> deactivate(std::string_view selector);

  // Of every source that is on this host now. A source that has not answered after `patience` has
  // the error ETIMEDOUT.
  std::vector<SourceReading> read_all(std::chrono::milliseconds patience = kPatience);
  // Of every source, absent ones too.
  std::vector<SourceState> state();

  // Ends every ttl and deactivates what this process activated, and nothing else. Idempotent;
  // later activations fail. The destructor does it too.
  void shutdown();

 private:
  using Clock = std::chrono::steady_clock;

  // One source and what this process did to it. The Source guards itself; the rest is mutex_'s.
  struct Slot {
    std::shared_ptr<Source> source;
    std::unique_ptr<SourceReader> reader;
    bool owned = false;  // this process switched it on, nobody switched it off since
    // By CLOCK_BOOTTIME: the wall clock may be set meanwhile.
    std::optional<std::chrono::nanoseconds> since;
    std::optional<std::chrono::nanoseconds> until;
    std::optional<Clock::time_point> deadline;  // `until`, for waiting
    std::uint64_t changes = 0;                  // calls that have touched this slot
  };

  Result<std::vector<Slot*>, ControlError> select(std::string_view selector);
  Result<void> activate_slot(Slot& slot, Ttl ttl);
  Result<void> deactivate_slot(Slot& slot);
  void forget(Slot& slot);
  std::optional<std::chrono::system_clock::time_point> on_the_wall(
      std::optional<std::chrono::nanoseconds> time) const;
  std::vector<SourceState> read_slots(std::chrono::milliseconds patience);
  SourceState state_of(Slot& slot, SourceReader::Reading reading, std::uint64_t changes);
  void expire(std::stop_token stop);
  void expire_due();
  Slot* next_to_expire();

  BootClock* const clock_;
  std::vector<Slot> slots_;  // never resized after construction
  std::timed_mutex change_;  // one activation or deactivation at a time; taken before mutex_
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool shut_down_ = false;  // change_'s
  std::jthread expiry_;
};

}  // namespace packetdrop
