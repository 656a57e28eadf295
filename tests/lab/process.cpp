// SPDX-License-Identifier: Apache-2.0
// Child processes of the tests.
#include "lab/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "base/file.h"

namespace packetdrop::lab {
namespace {

long field(pid_t pid, const std::string& file, const std::string& name) {
  const auto text = read_file("/proc/" + std::to_string(pid) + "/" + file);
  const std::size_t at = text ? text->find(name) : std::string::npos;
  return at == std::string::npos ? 0 : std::strtol(text->c_str() + at + name.size(), nullptr, 10);
}

}  // namespace

Result<std::string> command_output(const std::string& command) {
  std::FILE* pipe = popen((command + " 2>&1").c_str(), "re");
  if (!pipe) return system_error(command, errno);
  std::string output;
  char buffer[4096];
  while (const std::size_t n = std::fread(buffer, 1, sizeof(buffer), pipe))
    output.append(buffer, n);
  const int status = pclose(pipe);
  if (status != 0) return Error{.code = status, .message = command + ": " + output};
  return output;
}

Result<void> run_command(const std::string& command) {
  auto output = command_output(command);
  if (!output) return output.error();
  return {};
}

Result<Process> Process::start(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& argument : command)
    arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(),
                                   O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t pid = -1;
  const int code = posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) return system_error(command[0], code);
  return Process(pid);
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), status_(other.status_), ended_(other.ended_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    kill_now();
    pid_ = std::exchange(other.pid_, -1);
    status_ = other.status_;
    ended_ = other.ended_;
  }
  return *this;
}

Process::~Process() { kill_now(); }

void Process::kill_now() {
  if (pid_ < 0 || !is_running()) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
  ended_ = true;
}

void Process::signal(int number) const { ::kill(pid_, number); }

bool Process::is_running() {
  if (!ended_) ended_ = waitpid(pid_, &status_, WNOHANG) == pid_;
  return !ended_;
}

long Process::resident() const { return field(pid_, "smaps_rollup", "Rss:"); }
long Process::resident_peak() const { return field(pid_, "status", "VmHWM:"); }

Result<int> Process::wait(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (is_running()) {
    if (std::chrono::steady_clock::now() > deadline)
      return Error{.code = ETIMEDOUT, .message = "the process did not end in time"};
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
}

}  // namespace packetdrop::lab
