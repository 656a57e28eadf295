// SPDX-License-Identifier: Apache-2.0
// The module under test: loads and unloads it, reads and writes its file. 0 or an errno.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "model/snapshot.h"

namespace packetdrop::hard_use {

inline constexpr const char* kFile = "/proc/mooc/net/drop-packet";
inline constexpr const char* kModule = "drop_packet";

// The file of the module as built, $PACKETDROP_MODULE, or one of its relatives in the same folder.
std::string module_file();
std::string module_file(const std::string& relative);

int load(const std::string& file);
int unload(const char* name = kModule);
bool is_loaded(const char* name = kModule);

// One write to the file, opened for it, at `offset`.
int control(std::string_view text, long offset = 0);

Result<std::string> read_text();
// What the exporter's own parser takes from it.
Result<Snapshot> read_snapshot();

// Whether every number of the later reading is at least what it was in the earlier one.
bool is_not_before(const Snapshot& later, const Snapshot& earlier);

// Runs `work` in a child process and returns what it returned; it must do with system calls alone.
template <typename Work>
int in_child(Work work) {
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// What a user was given of so many opens, and the errno that ended them; 0 where none failed.
struct Opened {
  std::vector<UniqueFd> files;
  int error = 0;
};

// Opens the file `count` times as `uid`, who has no rights unless that is root.
Opened open_as(uid_t uid, int count, int flags = O_RDONLY);

}  // namespace packetdrop::hard_use
