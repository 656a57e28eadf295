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
  for (const HookInfo& hook : hooks()) {
    HookState& state = snapshot_.states[hook.id];
    state.attached = state.refusals.empty();
    if (!state.attached) continue;
    state.mechanism = "fake";
    state.target = hook.label;
    state.exact = true;
    snapshot_.active = true;
  }
  snapshot_.drop_state = {.attached = snapshot_.active,
                          .mechanism = "fake",
                          .target = std::string(kDropTracepoint),
                          .exact = true,
                          .misses_observable = true,
                          .refusals = {}};
  if (snapshot_.active) return {};
  const Refusal& first = snapshot_.states[0].refusals.front();
  return Error{.code = first.code, .message = first.cause};
}

Result<void> FakeSource::deactivate() {
  const std::lock_guard lock(mutex_);
  deactivate_calls_++;
  if (deactivate_error_) return *deactivate_error_;
  snapshot_.active = false;
  snapshot_.drop_state.attached = false;
  for (HookState& state : snapshot_.states) {
    HookState off;
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
  snapshot_.states[hook].refusals.push_back(refusal);
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
