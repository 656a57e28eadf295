// SPDX-License-Identifier: Apache-2.0
// Short connections, as a busy web server has them.
#include "lab/connections.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>
#include <vector>

#include "lab/endpoint.h"

namespace packetdrop::lab {
namespace {

constexpr std::uint16_t kPort = 8080;
constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n";
constexpr std::string_view kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

// Reads as far as to `size` bytes or the end, and returns how many there were.
std::size_t receive(int fd, std::size_t size) {
  std::array<char, 512> buffer;
  std::size_t total = 0;
  while (total < size) {
    const ssize_t n = recv(fd, buffer.data(), buffer.size(), 0);
    if (n <= 0) break;
    total += static_cast<std::size_t>(n);
  }
  return total;
}

void serve(int listener, int count) {
  for (int i = 0; i < count; i++) {
    const UniqueFd peer(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
    if (!peer) return;
    if (receive(peer.get(), kRequest.size()) == kRequest.size())
      send(peer.get(), kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
  }
}

Result<void> ask(const Endpoint& to) {
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || connect(fd.get(), to.get(), to.size()) != 0) return system_error("connecting", errno);
  if (send(fd.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0)
    return system_error("asking", errno);
  if (receive(fd.get(), kRequest.size() + kAnswer.size()) != kAnswer.size())
    return Error{.code = 0, .message = "the answer is cut off"};
  return {};
}

}  // namespace

Result<void> short_connections(const NetNs& client, const NetNs& server, const std::string& address,
                               int count) {
  const Endpoint to(address, kPort);
  UniqueFd listener;
  server.run([&] { listener.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); });
  if (bind(listener.get(), to.get(), to.size()) != 0 || listen(listener.get(), 16) != 0)
    return system_error("listening on " + address, errno);

  std::thread server_thread([&] { serve(listener.get(), count); });
  Result<void> result;
  client.run([&] {
    for (int i = 0; i < count && result; i++) result = ask(to);
  });
  shutdown(listener.get(), SHUT_RDWR);  // wakes a server that waits for more
  server_thread.join();
  return result;
}

// Two lines of words begin with "Tcp:", first the names and then the values.
Result<int> sent_resets(const NetNs& ns) {
  std::vector<std::istringstream> lines;
  ns.run([&] {
    std::ifstream file("/proc/thread-self/net/snmp");
    for (std::string line; std::getline(file, line);)
      if (line.starts_with("Tcp:")) lines.emplace_back(line);
  });
  if (lines.size() == 2) {
    std::string name;
    std::string value;
    while (lines[0] >> name && lines[1] >> value)
      if (name == "OutRsts") return std::stoi(value);
  }
  return Error{.code = 0, .message = "/proc/net/snmp says nothing of OutRsts"};
}

}  // namespace packetdrop::lab
