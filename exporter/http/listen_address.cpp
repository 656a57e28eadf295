// SPDX-License-Identifier: Apache-2.0
// Turns --web.listen-address into what civetweb listens on.
#include "http/listen_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "base/end_signals.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace packetdrop {
namespace {

constexpr std::string_view kUnixScheme = "unix:";

std::string unix_path(std::string_view address) {
  return std::string(address.substr(kUnixScheme.size()));
}

sockaddr_un unix_name(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  return name;
}

// 0 or an errno value. A datagram socket is used because connect() of one waits for no accept() and
// is invisible to a server: ECONNREFUSED says that no process has the socket open, EPROTOTYPE that
// one has, of another type, listening or not, and EPERM that it is connected to somebody else.
int connect_datagrams(const std::string& path) {
  const UniqueFd client(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const sockaddr_un name = unix_name(path);
  if (!client ||
      ::connect(client.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0)
    return errno;
  return 0;
}

bool kernel_has_ipv6() {
  return static_cast<bool>(UniqueFd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)));
}

// The first address of `host`, in brackets where it is IPv6. The error is the resolver's.
Result<std::string> resolve(const std::string& host, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = family == AF_INET6 ? AI_NUMERICHOST : 0;
  addrinfo* found = nullptr;
  const EndsAtOnce wait;  // up to half a minute where no name server answers
  int problem = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (problem != 0) return Error{.message = ::gai_strerror(problem)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> guard(found, ::freeaddrinfo);

  std::array<char, NI_MAXHOST> literal{};
  problem = ::getnameinfo(found->ai_addr, found->ai_addrlen, literal.data(), literal.size(),
                          nullptr, 0, NI_NUMERICHOST);
  if (problem != 0) return Error{.message = ::gai_strerror(problem)};
  const std::string text = literal.data();
  return found->ai_family == AF_INET6 ? "[" + text + "]" : text;
}

}  // namespace

Result<ListenAddress> parse_listen_address(std::string_view text) {
  const Error bad{.code = EINVAL,
                  .message = "cannot listen on '" + std::string(text) +
                             "': an address is :PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH"};
  if (text.starts_with(kUnixScheme)) {
    if (unix_path(text).size() >= sizeof(sockaddr_un::sun_path)) return bad;
    return ListenAddress{.host = std::string(text), .civetweb = {}, .is_unix = true};
  }
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos) return bad;
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port) return bad;
  const std::string number = std::to_string(*port);
  const std::string host(text.substr(0, colon));
  if (host.empty())
    return ListenAddress{
        .host = host, .civetweb = kernel_has_ipv6() ? "+" + number : number, .is_unix = false};

  const bool bracketed = host.front() == '[' && host.back() == ']' && host.size() > 2;
  if (!bracketed && host.find(':') != host.npos) return bad;
  const auto literal =
      bracketed ? resolve(host.substr(1, host.size() - 2), AF_INET6) : resolve(host, AF_UNSPEC);
  if (!literal && bracketed) return bad;
  if (!literal)
    return Error{.code = EADDRNOTAVAIL,
                 .message = "cannot listen on '" + std::string(text) + "': " + host +
                            " does not resolve: " + literal.error().message};
  return ListenAddress{.host = host, .civetweb = *literal + ":" + number, .is_unix = false};
}

Result<void> make_way_for_socket(const std::string& address) {
  const std::string path = unix_path(address);
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode))
    return Error{.code = EEXIST, .message = "cannot listen on " + address + ": a file is there"};
  const int answer = connect_datagrams(path);
  if (answer == 0 || answer == EPROTOTYPE || answer == EPERM)
    return Error{.code = EADDRINUSE, .message = "cannot listen on " + address + ": it is in use"};
  if (answer != ECONNREFUSED)
    return system_error("cannot listen on " + address + ": whether it is in use is unknown",
                        answer);
  if (::unlink(path.c_str()) != 0) return system_error("cannot listen on " + address, errno);
  return {};
}

Result<SocketFile> bind_unix_socket(int socket, const std::string& address) {
  constexpr mode_t kOwnerAndGroup = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP;
  const std::string path = unix_path(address);
  const sockaddr_un name = unix_name(path);
  // The file that bind() makes has the mode of the socket, less the umask.
  if (::fchmod(socket, kOwnerAndGroup) != 0 ||
      ::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof(name)) != 0)
    return system_error(address, errno);
  ::chmod(path.c_str(), kOwnerAndGroup);  // what the umask took
  struct stat made {};
  if (::lstat(path.c_str(), &made) != 0) return system_error(address, errno);
  return SocketFile{.path = path, .device = made.st_dev, .inode = made.st_ino};
}

void remove_socket_file(const SocketFile& file) {
  struct stat found {};
  if (::lstat(file.path.c_str(), &found) != 0) return;
  if (found.st_dev == file.device && found.st_ino == file.inode) ::unlink(file.path.c_str());
}

}  // namespace packetdrop
