// SPDX-License-Identifier: Apache-2.0
// Switches sources on and off, and knows since when and until when they count.
#include "control/controller.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "model/source_names.h"

namespace packetdrop {
namespace {

constexpr auto kReadTimeoutAtEnd = std::chrono::milliseconds(500);  // per source
constexpr auto kSwitchTimeoutAtEnd = std::chrono::milliseconds(1000);
constexpr auto kExpiryRetry = std::chrono::seconds(5);

// Why the source is not on this host; nothing if it is.
std::optional<Error> absence(std::string_view source, SourceReader& reader) {
  const SourceReading reading{
      .source = source, .seconds = 0, .snapshot = reader.read(Controller::kTimeout)};
  if (!reading.absent()) return std::nullopt;
  return reading.snapshot.error();
}

ControlError not_on_this_host(std::string_view name, const std::string& why) {
  return {ControlErrorKind::kNotOnThisHost,
          "source " + std::string(name) + " is not on this host" + (why.empty() ? "" : ": " + why)};
}

// All sources exist unless --source excludes one: then exactly one other exists.
ControlError left_out(std::string_view name, std::string_view other) {
  return {ControlErrorKind::kNotOnThisHost,
          "source " + std::string(name) + " is excluded by --source=" + std::string(other)};
}

ControlError busy() {
  return {ControlErrorKind::kBusy, "another activation or deactivation is still running"};
}

void append_reason(std::string& text, std::string_view source, const std::string& reason) {
  append_item(text, "; ", std::string(source) + ": " + reason);
}

}  // namespace

Controller::Controller(std::vector<std::unique_ptr<Source>> sources, BootClock* clock)
    : clock_(clock) {
  slots_.reserve(sources.size());
  for (std::unique_ptr<Source>& source : sources) {
    slots_.emplace_back();
    slots_.back().source = std::move(source);
    slots_.back().reader = std::make_unique<SourceReader>(slots_.back().source);
  }
  expiry_ = std::jthread([this](std::stop_token stop) { expire(std::move(stop)); });
}

Controller::~Controller() { shutdown(); }

Result<std::vector<Controller::Slot*>, ControlError> Controller::select(std::string_view selector) {
  const bool all = selector.empty() || selector == kAllSources;
  std::vector<Slot*> selected;
  for (Slot& slot : slots_)
    if (all || selector == slot.source->name()) selected.push_back(&slot);
  if (all || !selected.empty()) return selected;
  if (std::ranges::find(kSourceNames, selector) == kSourceNames.end())
    return ControlError{ControlErrorKind::kUnknownSource,
                        "'" + std::string(selector) + "' is not a source: " + source_choice()};
  return slots_.size() == 1 ? left_out(selector, slots_.front().source->name())
                            : not_on_this_host(selector, "");
}

Result<void, ControlError> Controller::activate(std::string_view selector, Ttl ttl) {
  const std::unique_lock change(change_, kTimeout);
  if (!change) return busy();
  if (shut_down_) return ControlError{ControlErrorKind::kNothingAttached, "shutting down"};
  const auto selected = select(selector);
  if (!selected) return selected.error();

  bool any = false;
  std::string reasons;
  for (Slot* slot : *selected) {
    const Result<void> done = activate_slot(*slot, ttl);
    any |= static_cast<bool>(done);
    if (done && selector.empty()) break;
    if (done) continue;
    if (selector == slot->source->name())
      if (const auto absent = absence(slot->source->name(), *slot->reader))
        return not_on_this_host(selector, absent->message);
    append_reason(reasons, slot->source->name(), done.error().message);
  }
  if (any) return {};
  if (reasons.empty()) reasons = "no source on this host";
  return ControlError{ControlErrorKind::kNothingAttached, "nothing attached: " + reasons};
}

Result<void, ControlError> Controller::deactivate(std::string_view selector) {
  const std::unique_lock change(change_, kTimeout);
  if (!change) return busy();
  const auto selected = select(selector);
  if (!selected) return selected.error();

  std::string reasons;
  for (Slot* slot : *selected) {
    const Result<void> done = deactivate_slot(*slot);
    if (done) continue;
    const auto absent = absence(slot->source->name(), *slot->reader);
    if (absent && selector == slot->source->name())
      return not_on_this_host(selector, absent->message);
    if (!absent) append_reason(reasons, slot->source->name(), done.error().message);
  }
  if (reasons.empty()) return {};
  return ControlError{ControlErrorKind::kDeactivateFailed, "not deactivated: " + reasons};
}

Result<void> Controller::activate_slot(Slot& slot, Ttl ttl) {
  // Read from the source: an activation made by hand must survive this process.
  const Result<Snapshot> before = slot.reader->read(kTimeout);
  const bool was_active = before && before->active;
  Result<void> done = slot.source->activate();
  if (!done) return done;

  const std::lock_guard lock(mutex_);
  const std::chrono::nanoseconds now = BootClock::since_boot();
  slot.changes++;
  if (!was_active) {
    slot.owned = true;
    slot.since = now;
  }
  slot.until.reset();
  slot.deadline.reset();
  if (ttl) {
    slot.until = now + *ttl;
    slot.deadline = Clock::now() + *ttl;
  }
  changed_.notify_all();
  return {};
}

Result<void> Controller::deactivate_slot(Slot& slot) {
  Result<void> done = slot.source->deactivate();
  if (!done) return done;
  const std::lock_guard lock(mutex_);
  forget(slot);
  changed_.notify_all();
  return {};
}

void Controller::forget(Slot& slot) {
  slot.changes++;
  slot.owned = false;
  slot.since.reset();
  slot.until.reset();
  slot.deadline.reset();
}

SourceState Controller::state_of(Slot& slot, SourceReader::Reading reading, std::uint64_t changes) {
  const std::lock_guard lock(mutex_);
  // The source was deactivated from outside, which ends the activation by this process. If this
  // process changed the slot meanwhile, the reading is too old to decide that.
  if (reading.snapshot && !reading.snapshot->active && slot.changes == changes &&
      (slot.since || slot.until))
    forget(slot);
  return {.reading = {.source = slot.source->name(),
                      .seconds = reading.seconds,
                      .snapshot = std::move(reading.snapshot)},
          .since = on_the_wall(slot.since),
          .until = on_the_wall(slot.until)};
}

std::optional<std::chrono::system_clock::time_point> Controller::on_the_wall(
    std::optional<std::chrono::nanoseconds> time) const {
  if (!time) return std::nullopt;
  return (clock_ ? clock_->boot_time() : boot_time()) + *time;
}

// All sources are asked at once, so that one that hangs takes no time from the others.
std::vector<SourceState> Controller::read_slots(std::chrono::milliseconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  std::vector<std::pair<std::uint64_t, SourceReader::Ticket>> asked;
  asked.reserve(slots_.size());
  for (Slot& slot : slots_) {
    std::unique_lock lock(mutex_);
    const std::uint64_t changes = slot.changes;
    lock.unlock();
    asked.emplace_back(changes, slot.reader->ask());
  }
  std::vector<SourceState> states;
  states.reserve(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); i++)
    states.push_back(
        state_of(slots_[i], slots_[i].reader->wait(asked[i].second, deadline), asked[i].first));
  return states;
}

std::vector<SourceReading> Controller::read_all(std::chrono::milliseconds timeout) {
  std::vector<SourceReading> readings;
  readings.reserve(slots_.size());
  for (SourceState& state : read_slots(timeout))
    if (!state.reading.absent()) readings.push_back(std::move(state.reading));
  return readings;
}

std::vector<SourceState> Controller::state() { return read_slots(kTimeout); }

void Controller::shutdown() {
  // Before change_ is locked: the expiry thread may be waiting for it.
  expiry_.request_stop();
  if (expiry_.joinable()) expiry_.join();

  for (Slot& slot : slots_) slot.reader->stop(kReadTimeoutAtEnd);
  const std::unique_lock change(change_, kSwitchTimeoutAtEnd);
  if (!change) {
    spdlog::error("cannot deactivate: {}", busy().message);
    return;
  }
  shut_down_ = true;
  for (Slot& slot : slots_) {
    std::unique_lock lock(mutex_);
    const bool owned = slot.owned;
    lock.unlock();
    if (!owned) continue;
    if (slot.reader->stuck()) {
      spdlog::error("cannot deactivate {}: a read of it has not come back", slot.source->name());
      continue;
    }
    if (const Result<void> done = deactivate_slot(slot); !done)
      spdlog::error("cannot deactivate {}: {}", slot.source->name(), done.error().message);
  }
}

Controller::Slot* Controller::next_to_expire() {
  Slot* next = nullptr;
  for (Slot& slot : slots_)
    if (slot.deadline && (!next || *slot.deadline < *next->deadline)) next = &slot;
  return next;
}

void Controller::expire_due() {
  const std::lock_guard change(change_);
  std::unique_lock lock(mutex_);
  Slot* const slot = next_to_expire();
  // A call that got the lock first may have moved the deadline.
  if (!slot || *slot->deadline > Clock::now()) return;
  lock.unlock();

  const Result<void> done = deactivate_slot(*slot);
  if (done) {
    spdlog::info("deactivated {}: its ttl is over", slot->source->name());
    return;
  }
  spdlog::error("cannot deactivate {}: {}", slot->source->name(), done.error().message);
  lock.lock();
  slot->deadline = Clock::now() + kExpiryRetry;
}

void Controller::expire(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const Slot* const next = next_to_expire();
    if (!next) {
      changed_.wait(lock, stop, [this] { return next_to_expire() != nullptr; });
      continue;
    }
    const Clock::time_point deadline = *next->deadline;
    const auto another = [this, deadline] {
      const Slot* const slot = next_to_expire();
      return !slot || *slot->deadline != deadline;
    };
    if (changed_.wait_until(lock, stop, deadline, another) || stop.stop_requested()) continue;

    lock.unlock();
    expire_due();
    lock.lock();
  }
}

}  // namespace packetdrop
