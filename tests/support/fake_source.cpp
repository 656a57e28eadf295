// SPDX-License-Identifier: Apache-2.0
// A Source without a kernel: tests decide what it counts and what it is refused.
#include "support/fake_source.h"

#include <string>
#include <thread>
#include <utility>

namespace packetdrop {

Result<void> FakeSource::activate() {
  std::unique_lock lock(mutex_);
  activate_calls_++;
  const std::chrono::milliseconds delay = activate_delay_;
  lock.unlock();
  std::this_thread::sleep_for(delay);
  lock.lock();
  if (activate_error_) return *activate_error_;
  if (snapshot_.active) return {};
  for (const ProbeInfo& probe : probes()) {
    ProbeState& state = snapshot_.probes[probe.id];
    // Drops are attached wherever a hook is.
    state.attached = state.refusals.empty() && (probe.feeds == PD_FEEDS_HOOK || snapshot_.active);
    if (!state.attached) continue;
    state.mechanism = "fake";
    state.target = probe.label;
    state.exact = true;
    state.misses_observable = probe.feeds == PD_FEEDS_DROPS;
    snapshot_.active = true;
  }
  if (snapshot_.active) return {};
  const Refusal& first = snapshot_.probes[0].refusals.front();
  return Error{.code = first.code, .message = first.cause};
}

Result<void> FakeSource::deactivate() {
  const std::lock_guard lock(mutex_);
  deactivate_calls_++;
  if (deactivate_error_) return *deactivate_error_;
  snapshot_.active = false;
  for (ProbeState& state : snapshot_.probes) {
    ProbeState off;
    off.refusals = std::move(state.refusals);
    state = std::move(off);
  }
  return {};
}

Result<Snapshot> FakeSource::read() {
  std::unique_lock lock(mutex_);
  read_calls_++;
  const std::chrono::milliseconds delay = read_delay_;
  lock.unlock();
  std::this_thread::sleep_for(delay);
  lock.lock();
  if (read_error_) return *read_error_;
  return snapshot_;
}

void FakeSource::set_snapshot(const Snapshot& snapshot) {
  const std::lock_guard lock(mutex_);
  snapshot_ = snapshot;
}

void FakeSource::refuse(pd_hook hook, const Refusal& refusal) {
  const std::lock_guard lock(mutex_);
  snapshot_.probes[hook].refusals.push_back(refusal);
}

void FakeSource::fail_activate(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  activate_error_ = std::move(error);
}

void FakeSource::fail_deactivate(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  deactivate_error_ = std::move(error);
}

void FakeSource::fail_read(std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  read_error_ = std::move(error);
}

void FakeSource::delay_activate(std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  activate_delay_ = delay;
}

void FakeSource::delay_read(std::chrono::milliseconds delay) {
  const std::lock_guard lock(mutex_);
  read_delay_ = delay;
}

bool FakeSource::active() const {
  const std::lock_guard lock(mutex_);
  return snapshot_.active;
}

int FakeSource::activate_calls() const {
  const std::lock_guard lock(mutex_);
  return activate_calls_;
}

int FakeSource::deactivate_calls() const {
  const std::lock_guard lock(mutex_);
  return deactivate_calls_;
}

int FakeSource::read_calls() const {
  const std::lock_guard lock(mutex_);
  return read_calls_;
}

}  // namespace packetdrop
