// SPDX-License-Identifier: Apache-2.0
// A Source without a kernel: tests decide what it counts and what it is refused.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>

#include "model/source.h"

namespace packetdrop {

// Behaves as Source says, and counts how often each method was called. Thread-safe.
class FakeSource : public Source {
 public:
  explicit FakeSource(std::string_view name = "bpf") : name_(name) {}

  std::string_view name() const override { return name_; }
  Result<void> activate() override;
  Result<void> deactivate() override;
  Result<Snapshot> read() override;

  // What read() returns from now on; `active` and the hooks' states follow the later calls.
  void set_snapshot(const Snapshot& snapshot);
  // activate() leaves this hook out and tells why; with all six refused it fails.
  void refuse(pd_hook hook, const Refusal& refusal);
  void fail_activate(std::optional<Error> error);
  void fail_deactivate(std::optional<Error> error);
  void fail_read(std::optional<Error> error);
  void delay_activate(std::chrono::milliseconds delay);
  void delay_read(std::chrono::milliseconds delay);

  bool active() const;
  int activate_calls() const;
  int deactivate_calls() const;
  int read_calls() const;

 private:
  const std::string_view name_;
  mutable std::mutex mutex_;
  Snapshot snapshot_;
  std::optional<Error> activate_error_, deactivate_error_, read_error_;
  std::chrono::milliseconds activate_delay_{}, read_delay_{};
  int activate_calls_ = 0, deactivate_calls_ = 0, read_calls_ = 0;
};

}  // namespace packetdrop
