// SPDX-License-Identifier: Apache-2.0
// Reads small files whole.
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/unique_fd.h"

namespace packetdrop {
namespace {

// O_NONBLOCK: do not wait for a writer of a FIFO.
Result<UniqueFd> open_regular(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return system_error(path, errno);
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0) return system_error(path, errno);
  if (S_ISDIR(found.st_mode)) return system_error(path, EISDIR);
  if (!S_ISREG(found.st_mode))
    return Error{.code = EINVAL, .message = path + ": not a regular file"};
  return fd;
}

}  // namespace

Result<std::string> read_beginning(const std::string& path, std::size_t size) {
  const Result<UniqueFd> fd = open_regular(path);
  if (!fd) return fd.error();
  std::string text;
  while (text.size() < size) {
    char buffer[4096];
    const ssize_t n = ::read((*fd).get(), buffer, std::min(sizeof(buffer), size - text.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error(path, errno);
    if (n == 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  Result<std::string> text = read_beginning(path, limit + 1);
  if (text && text->size() > limit)
    return Error{.code = EFBIG,
                 .message = path + ": larger than " + std::to_string(limit) + " bytes"};
  return text;
}

}  // namespace packetdrop
