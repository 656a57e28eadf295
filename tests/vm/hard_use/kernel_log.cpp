// SPDX-License-Identifier: Apache-2.0
// What the kernel has logged since a moment.
#include "vm/hard_use/kernel_log.h"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <regex>

namespace packetdrop::hard_use {

KernelLog::KernelLog() : fd_(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  if (fd_) lseek(fd_.get(), 0, SEEK_END);
}

std::vector<std::string> KernelLog::lines() {
  std::vector<std::string> lines;
  std::array<char, 8192> record;
  while (true) {
    const ssize_t n = read(fd_.get(), record.data(), record.size());
    if (n < 0 && errno == EPIPE) continue;  // the ring went round: the next one is the oldest left
    if (n <= 0) return lines;
    // "priority,sequence,time,flags;text", one record a read
    const std::string_view text(record.data(), static_cast<std::size_t>(n));
    lines.emplace_back(text.substr(std::min(text.find(';') + 1, text.size())));
  }
}

std::vector<std::string> complaints(const std::vector<std::string>& lines) {
  static const std::regex bad(
      "WARNING|BUG:|Oops|[Ss]tall|general protection|KASAN|[Ll]eak|blocked for more than|"
      "already registered|Call Trace|possible recursive|suspicious RCU");
  std::vector<std::string> found;
  for (const std::string& line : lines)
    if (std::regex_search(line, bad)) found.push_back(line);
  return found;
}

}  // namespace packetdrop::hard_use
