// SPDX-License-Identifier: Apache-2.0
// Reads the kernel's lockdown level.
#include "host/lockdown.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "base/file.h"
#include "base/unique_fd.h"

namespace packetdrop {
namespace {

// A detached mount of securityfs, which ends when its descriptor is closed.
UniqueFd detached_securityfs() {
  const UniqueFd context(static_cast<int>(syscall(SYS_fsopen, "securityfs", FSOPEN_CLOEXEC)));
  if (!context) return {};
  if (syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0)
    return {};
  return UniqueFd(static_cast<int>(syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
}

bool is_securityfs(const std::string& path) {
  struct statfs status {};
  return statfs(path.c_str(), &status) == 0 && status.f_type == SECURITYFS_MAGIC;
}

}  // namespace

std::optional<std::string> selected_level(const std::string& text) {
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', open);
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  return text.substr(open + 1, close - open - 1);
}

std::optional<std::string> read_lockdown(const std::string& sysfs) {
  const std::string securityfs = sysfs + "/kernel/security";
  const auto text = read_file(securityfs + "/lockdown");
  if (text) return selected_level(*text);
  if (text.error().absent() && is_securityfs(securityfs)) return "none";

  const UniqueFd mount = detached_securityfs();
  if (!mount) return std::nullopt;
  const UniqueFd file(openat(mount.get(), "lockdown", O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return "none";  // a kernel without the lockdown module
  if (!file) return std::nullopt;
  char buffer[64];
  const ssize_t n = read(file.get(), buffer, sizeof(buffer));
  if (n <= 0 || n == sizeof(buffer)) return std::nullopt;  // empty, or longer than the buffer
  return selected_level(std::string(buffer, static_cast<std::size_t>(n)));
}

}  // namespace packetdrop
