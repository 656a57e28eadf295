// SPDX-License-Identifier: Apache-2.0
// The process_* families about the exporter itself, by their standard names.
#include "metrics/process_collectable.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <memory>
#include <utility>

#include "base/file.h"
#include "base/text.h"

namespace packetdrop {
namespace {

// Without the descriptor that counting itself needs.
std::optional<std::uint64_t> count_open_fds(const std::string& procfs) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir((procfs + "/self/fd").c_str()),
                                                      ::closedir);
  if (!directory) return std::nullopt;
  const std::string own = std::to_string(::dirfd(directory.get()));
  std::uint64_t count = 0;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = entry->d_name;
    if (name.front() != '.' && name != own) count++;
  }
  return count;
}

std::optional<std::uint64_t> max_fds() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return limit.rlim_cur;
}

double ticks_per_second() {
  static const double kTicks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  return kTicks;
}

class Families {
 public:
  void add(const char* name, prometheus::MetricType type, const char* help, double value) {
    auto& family = list_.emplace_back();
    family.name = name;
    family.help = help;
    family.type = type;
    auto& metric = family.metric.emplace_back();
    (type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  }
  void gauge(const char* name, const char* help, std::optional<double> value) {
    if (value) add(name, prometheus::MetricType::Gauge, help, *value);
  }
  std::vector<prometheus::MetricFamily> take() { return std::move(list_); }

 private:
  std::vector<prometheus::MetricFamily> list_;
};

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text) {
  // The second field is the command in parentheses and may hold anything, ") " too.
  const std::size_t command_end = text.rfind(") ");
  if (command_end == std::string_view::npos) return std::nullopt;
  text.remove_prefix(command_end + 2);

  static constexpr std::size_t kFirstField = 3;
  std::array<std::uint64_t, 25> field{};
  for (std::size_t i = kFirstField; i < field.size(); i++) {
    const std::size_t end = text.find(' ');
    // The state is a letter and some fields may be negative; none of those is used.
    field[i] = parse_number<std::uint64_t>(text.substr(0, end)).value_or(0);
    if (end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  return ProcessStat{.cpu_ticks = field[14] + field[15],
                     .start_ticks = field[22],
                     .virtual_bytes = field[23],
                     .resident_pages = field[24]};
}

// Since the epoch, by the wall clock as it is now: it may have been set since the start.
double ProcessCollectable::start_seconds(const ProcessStat& stat) const {
  const std::chrono::duration<double> booted =
      (clock_ ? clock_->boot_time() : boot_time()).time_since_epoch();
  const double ticks = booted.count() * ticks_per_second() + static_cast<double>(stat.start_ticks);
  return std::round(ticks) / ticks_per_second();
}

std::vector<prometheus::MetricFamily> ProcessCollectable::Collect() const {
  static const double kPage = static_cast<double>(::sysconf(_SC_PAGESIZE));

  Families out;
  const Result<std::string> text = read_file(procfs_ + "/self/stat");
  if (const auto stat = text ? parse_process_stat(*text) : std::nullopt) {
    out.add("process_cpu_seconds_total", prometheus::MetricType::Counter,
            "Total user and system CPU time spent in seconds.",
            static_cast<double>(stat->cpu_ticks) / ticks_per_second());
    out.gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
              static_cast<double>(stat->resident_pages) * kPage);
    out.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.",
              static_cast<double>(stat->virtual_bytes));
    out.gauge("process_start_time_seconds",
              "Start time of the process since unix epoch in seconds.", start_seconds(*stat));
  }
  out.gauge("process_open_fds", "Number of open file descriptors.", count_open_fds(procfs_));
  out.gauge("process_max_fds", "Maximum number of open file descriptors.", max_fds());
  return out.take();
}

}  // namespace packetdrop
