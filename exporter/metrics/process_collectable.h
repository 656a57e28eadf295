// SPDX-License-Identifier: Apache-2.0
// The process_* families about the exporter itself, by their standard names.
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/boot_time.h"

namespace packetdrop {

// The part of /proc/PID/stat that is exported, in the file's own units.
struct ProcessStat {
  std::uint64_t cpu_ticks;    // user and system
  std::uint64_t start_ticks;  // after boot
  std::uint64_t virtual_bytes;
  std::uint64_t resident_pages;
};

std::optional<ProcessStat> parse_process_stat(std::string_view text);

// A value that cannot be read is absent.
class ProcessCollectable : public prometheus::Collectable {
 public:
  // `procfs` is where the process's own /proc is. `clock` must outlive it; null: the process's.
  explicit ProcessCollectable(std::string procfs = "/proc", BootClock* clock = nullptr)
      : procfs_(std::move(procfs)), clock_(clock) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  double start_seconds(const ProcessStat& stat) const;

  std::string procfs_;
  BootClock* clock_;
};

}  // namespace packetdrop
