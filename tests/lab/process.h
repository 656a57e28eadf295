// SPDX-License-Identifier: Apache-2.0
// Child processes of the tests: commands that end, and programs that run until they are stopped.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace packetdrop::lab {

// Runs a shell command; an error, with what it printed, unless it exits 0.
Result<void> run_command(const std::string& command);
// The same, and its output.
Result<std::string> command_output(const std::string& command);

// A program that runs beside the test. Killed when this object goes, if it still runs.
class Process {
 public:
  // stdout and stderr go to the file `log`.
  static Result<Process> start(const std::vector<std::string>& command, const std::string& log);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  ~Process();

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool is_running();

  // KiB, counted page by page: VmRSS of /proc/PID/status lags behind by what each processor has not
  // yet added to it. 0 where it cannot be read.
  long resident() const;
  // KiB, the highest so far.
  long resident_peak() const;

  // The exit code, or 128 + the signal that ended it. An error if it does not end in time.
  Result<int> wait(std::chrono::milliseconds limit);

 private:
  explicit Process(pid_t pid) : pid_(pid) {}
  void kill_now();

  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace packetdrop::lab
