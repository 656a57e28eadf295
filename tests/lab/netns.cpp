// SPDX-License-Identifier: Apache-2.0
// Network namespaces of the tests' own, and things done inside them.
#include "lab/netns.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "lab/process.h"

namespace packetdrop::lab {

Result<NetNs> NetNs::create() {
  int fd = -1;
  int code = 0;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) == 0) fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    code = errno;
  }).join();
  if (fd < 0) return system_error("a network namespace cannot be made", code);
  return NetNs(UniqueFd(fd));
}

Result<NetNs> NetNs::create_without_ipv6() {
  auto ns = create();
  if (!ns) return ns;
  for (const char* which : {"all", "default"})
    if (const auto done = ns->sysctl(std::string("net.ipv6.conf.") + which + ".disable_ipv6", "1");
        !done)
      return done.error();
  return ns;
}

std::string NetNs::path() const {
  return "/proc/" + std::to_string(getpid()) + "/fd/" + std::to_string(fd_.get());
}

void NetNs::run(const std::function<void()>& work) const {
  std::thread([&] {
    if (setns(fd_.get(), CLONE_NEWNET) == 0) work();
  }).join();
}

Result<void> NetNs::ip(const std::string& arguments) const {
  Result<void> result = Error{.code = 0, .message = "the namespace cannot be entered"};
  run([&] { result = run_command("ip " + arguments); });
  return result;
}

Result<void> NetNs::sysctl(const std::string& name, const std::string& value) const {
  std::string path = "/proc/sys/" + name;
  std::ranges::replace(path, '.', '/');
  Result<void> result = Error{.code = 0, .message = "the namespace cannot be entered"};
  run([&] {
    const UniqueFd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file || write(file.get(), value.data(), value.size()) < 0)
      result = system_error(path, errno);
    else
      result = {};
  });
  return result;
}

}  // namespace packetdrop::lab
