// SPDX-License-Identifier: Apache-2.0
// Network namespaces of the tests' own, and things done inside them.
#include "lab/netns.h"

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

#include "lab/process.h"

namespace packetdrop::lab {
namespace {

// In the namespace of the calling thread.
Result<void> await_running(const std::string& device) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  device.copy(request.ifr_name, IFNAMSIZ - 1);
  for (;;) {
    if (ioctl(socket.get(), SIOCGIFFLAGS, &request) < 0) return system_error(device, errno);
    if (request.ifr_flags & IFF_RUNNING) break;
    if (std::chrono::steady_clock::now() > deadline)
      return Error{.code = ETIMEDOUT, .message = device + " has no carrier"};
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  // linkwatch_do_dev() says that it runs, then gives it its queue, both under the RTNL lock, which
  // setting the same flags again waits for.
  if (ioctl(socket.get(), SIOCSIFFLAGS, &request) < 0) return system_error(device, errno);
  return {};
}

}  // namespace

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

Result<void> NetNs::await_carrier(const std::string& device) const {
  Result<void> result = Error{.code = 0, .message = "the namespace cannot be entered"};
  run([&] { result = await_running(device); });
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
