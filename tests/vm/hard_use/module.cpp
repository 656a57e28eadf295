// SPDX-License-Identifier: Apache-2.0
// The module under test: loads and unloads it, reads and writes its file.
#include "vm/hard_use/module.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "sources/kmod/proc_text.h"

namespace packetdrop::hard_use {

std::string module_file() {
  const char* file = std::getenv("PACKETDROP_MODULE");
  return file ? file : "/opt/drop_packet.ko";
}

std::string module_file(const std::string& relative) {
  return std::filesystem::path(module_file()).replace_filename(relative);
}

int load(const std::string& file) {
  const UniqueFd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return errno;
  return syscall(SYS_finit_module, fd.get(), "", 0) == 0 ? 0 : errno;
}

int unload(const char* name) {
  return syscall(SYS_delete_module, name, O_NONBLOCK) == 0 ? 0 : errno;
}

bool is_loaded(const char* name) {
  return std::filesystem::exists(std::string("/sys/module/") + name);
}

int control(std::string_view text, long offset) {
  const UniqueFd fd(open(kFile, O_WRONLY | O_CLOEXEC));
  if (!fd) return errno;
  const ssize_t n = pwrite(fd.get(), text.data(), text.size(), offset);
  if (n < 0) return errno;
  return n == static_cast<ssize_t>(text.size()) ? 0 : EIO;
}

Opened open_as(uid_t uid, int count, int flags) {
  // The root of a guest's file system may be closed to everybody else.
  const UniqueFd folder(open("/proc/mooc/net", O_PATH | O_DIRECTORY | O_CLOEXEC));
  // The system call alone changes this thread only; root is kept as the saved one, to come back.
  EXPECT_EQ(syscall(SYS_setresuid, uid, uid, 0), 0);
  Opened opened;
  for (int i = 0; i < count && opened.error == 0; i++) {
    UniqueFd fd(openat(folder.get(), "drop-packet", flags | O_CLOEXEC));
    if (!fd)
      opened.error = errno;
    else
      opened.files.push_back(std::move(fd));
  }
  EXPECT_EQ(syscall(SYS_setresuid, 0, 0, 0), 0);
  return opened;
}

Result<std::string> read_text() { return read_file(kFile, 1 << 20); }

Result<Snapshot> read_snapshot() {
  const auto text = read_text();
  if (!text) return text.error();
  return parse_proc_text(*text);
}

bool is_not_before(const Snapshot& later, const Snapshot& earlier) {
  for (std::size_t hook = 0; hook < kHookCount; hook++) {
    for (std::size_t key = 0; key < kKeyCount; key++) {
      const Counters& now = later.counters[hook][key];
      const Counters& then = earlier.counters[hook][key];
      if (now.packets < then.packets || now.segments < then.segments || now.bytes < then.bytes)
        return false;
    }
  }
  for (std::size_t i = 0; i < kTxResultCount; i++)
    if (later.tx_results[i] < earlier.tx_results[i]) return false;
  for (std::size_t i = 0; i < kMissCauseCount; i++)
    if (later.missed[i] < earlier.missed[i]) return false;
  return true;
}

}  // namespace packetdrop::hard_use
