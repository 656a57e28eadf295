// SPDX-License-Identifier: Apache-2.0
// The HTTP server as a whole: the bytes go over a socket to a real one, and what comes back has to
// be HTTP in the shape that users were promised.
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "api/service.h"
#include "base/unique_fd.h"
#include "fuzz/target.h"
#include "support/fake_source.h"

namespace packetdrop {
namespace {

// One server for all inputs, as on a node.
struct Fixture {
  Fixture() {
    std::vector<std::unique_ptr<Source>> sources;
    sources.push_back(std::make_unique<FakeSource>("bpf"));
    controller = std::make_unique<Controller>(std::move(sources));
    auto started = Service::start({.listen_addresses = {"127.0.0.1:0"}}, *controller, {});
    require(static_cast<bool>(started));
    server = *std::move(started);
  }

  in_port_t port() const {
    const std::string_view address = server->addresses().at(0);
    in_port_t port = 0;
    std::from_chars(address.data() + address.rfind(':') + 1, address.data() + address.size(), port);
    return port;
  }

  std::unique_ptr<Controller> controller;
  std::unique_ptr<Service> server;
};

// Each from another of 200 addresses: a million connections from one would leave no port of it that
// is not in TIME_WAIT.
UniqueFd connect_to(in_port_t port) {
  static unsigned connections = 0;
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + connections++ % 200);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval timeout{.tv_sec = 5, .tv_usec = 0};
  const int later = 1;  // the port is chosen as it connects
  require(fd && setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) == 0 &&
          setsockopt(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &later, sizeof(later)) == 0);
  require(bind(fd.get(), reinterpret_cast<const sockaddr*>(&from), sizeof(from)) == 0);
  require(connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  return fd;
}

// What the server says to those bytes until it closes.
std::string talk(in_port_t port, std::string_view bytes) {
  const UniqueFd fd = connect_to(port);
  // A server that has read enough may close before it has everything.
  (void)send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  shutdown(fd.get(), SHUT_WR);
  std::string answer;
  std::array<char, 16384> piece{};
  ssize_t size = 0;
  while ((size = recv(fd.get(), piece.data(), piece.size(), 0)) > 0)
    answer.append(piece.data(), static_cast<std::size_t>(size));
  require(size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK));
  return answer;
}

void check(std::string_view answer) {
  require(answer.starts_with("HTTP/1.1 "));
  const std::size_t head = answer.find("\r\n\r\n");
  require(head != std::string_view::npos);
  const bool is_error = answer[9] == '4' || answer[9] == '5';
  if (is_error) require(answer.find("Content-Type: application/json") < head);
}

// The same bytes on a connection that has already had a request, whose answer they must not touch.
void check_after_another(in_port_t port, std::string_view bytes) {
  const std::string another =
      "GET /-/healthy?" + std::string(4000, 'q') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string answer = talk(port, another + std::string(bytes));
  require(answer.starts_with("HTTP/1.1 200 "));
  const std::size_t body = answer.find("{\"status\":\"success\"");
  const std::size_t next = answer.find("}\n", body);
  require(body != answer.npos && next != answer.npos);
  if (answer.size() > next + 2) check(std::string_view(answer).substr(next + 2));
}

}  // namespace
}  // namespace packetdrop

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const packetdrop::Fixture fixture;
  const std::string_view input = packetdrop::as_text(data, size);
  const std::string answer = packetdrop::talk(fixture.port(), input);
  if (!answer.empty()) packetdrop::check(answer);
  packetdrop::check_after_another(fixture.port(), input);
  return 0;
}
