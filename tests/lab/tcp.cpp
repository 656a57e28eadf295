// SPDX-License-Identifier: Apache-2.0
// A TCP transfer between two namespaces, and what the devices say of it.
#include "lab/tcp.h"

#include <sys/socket.h>

#include <cerrno>
#include <thread>
#include <vector>

#include "base/file.h"
#include "lab/endpoint.h"

namespace packetdrop::lab {
namespace {

constexpr std::uint16_t kPort = 7777;
constexpr std::size_t kChunk = 64 * 1024;

UniqueFd tcp_socket(const NetNs& ns) {
  UniqueFd fd;
  ns.run([&] { fd.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); });
  return fd;
}

std::size_t receive_all(int fd) {
  std::vector<char> buffer(kChunk);
  std::size_t total = 0;
  for (ssize_t n = 0; (n = recv(fd, buffer.data(), buffer.size(), 0)) > 0;)
    total += static_cast<std::size_t>(n);
  return total;
}

}  // namespace

Result<void> stream_tcp(const NetNs& client, const NetNs& server, const std::string& address,
                        std::size_t bytes) {
  const Endpoint to(address, kPort);
  const UniqueFd listener = tcp_socket(server);
  if (bind(listener.get(), to.get(), to.size()) != 0 || listen(listener.get(), 1) != 0)
    return system_error("listening on " + address, errno);

  std::size_t received = 0;
  std::thread reader([&] {
    const UniqueFd accepted(accept(listener.get(), nullptr, nullptr));
    received = receive_all(accepted.get());
  });
  Result<void> result;
  {
    UniqueFd sender = tcp_socket(client);
    if (connect(sender.get(), to.get(), to.size()) != 0) {
      result = system_error("connecting to " + address, errno);
      shutdown(listener.get(), SHUT_RDWR);  // wakes the reader
    }
    const std::vector<char> chunk(kChunk);
    std::size_t left = result ? bytes : 0;
    while (left > 0) {
      const ssize_t n =
          send(sender.get(), chunk.data(), std::min(left, chunk.size()), MSG_NOSIGNAL);
      if (n <= 0) break;
      left -= static_cast<std::size_t>(n);
    }
  }
  reader.join();
  if (result && received != bytes)
    return Error{.code = 0, .message = "received " + std::to_string(received) + " bytes"};
  return result;
}

Result<void> echo_tcp(const std::string& address, std::uint16_t port, std::size_t bytes) {
  const Endpoint to(address, port);
  const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(fd.get(), to.get(), to.size()) != 0)
    return system_error("connecting to " + address, errno);
  std::thread writer([&] {
    const std::vector<char> chunk(kChunk);
    for (std::size_t left = bytes; left > 0;) {
      const ssize_t n = send(fd.get(), chunk.data(), std::min(left, chunk.size()), MSG_NOSIGNAL);
      if (n <= 0) break;
      left -= static_cast<std::size_t>(n);
    }
    shutdown(fd.get(), SHUT_WR);
  });
  const std::size_t received = receive_all(fd.get());
  writer.join();
  if (received != bytes)
    return Error{.code = 0, .message = "echoed " + std::to_string(received) + " bytes"};
  return {};
}

std::uint64_t device_statistic(const std::string& name) {
  // "  a: rx_bytes rx_packets rx_errors rx_dropped 4 more tx_bytes tx_packets …"
  const int wanted = name == "rx_dropped" ? 3 : name == "tx_bytes" ? 8 : 9;
  const auto text = read_file("/proc/thread-self/net/dev");
  if (!text) return 0;
  std::uint64_t total = 0;
  std::size_t at = 0;
  while ((at = text->find(':', at)) != std::string::npos) {
    const std::size_t line = text->rfind('\n', at) + 1;
    const std::string device = text->substr(line, at - line);
    at++;
    if (device.find("lo") != std::string::npos) continue;
    const char* field = text->c_str() + at;
    char* end = nullptr;
    std::uint64_t value = 0;
    for (int i = 0; i <= wanted; i++, field = end) value = std::strtoull(field, &end, 10);
    total += value;
  }
  return total;
}

}  // namespace packetdrop::lab
