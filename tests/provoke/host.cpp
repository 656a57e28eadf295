// SPDX-License-Identifier: Apache-2.0
// The host that drops: a namespace with a tap device, whose other side is this process.
#include "provoke/host.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "base/file.h"
#include "lab/endpoint.h"
#include "lab/process.h"

namespace packetdrop::provoke {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint16_t kDiscardPort = 9;
constexpr auto kPatience = std::chrono::seconds(5);

// A namespace takes its IPv4 settings from the initial one (net.core.devconf_inherit_init_net).
const std::vector<std::pair<std::string, std::string>> kIpv4Settings = {
    {"net.ipv4.ip_forward", "0"},
    {"net.ipv4.conf.all.rp_filter", "0"},
    {"net.ipv4.conf.default.rp_filter", "0"},
    {"net.ipv4.conf.all.log_martians", "0"},
    {"net.ipv4.conf.default.log_martians", "0"},
    {"net.ipv4.conf.all.accept_source_route", "0"},
};
// What has to be said to join a group is said at once, where it can be taken out.
const std::vector<std::pair<std::string, std::string>> kIpv6Settings = {
    {"net.ipv6.conf.default.router_solicitations", "0"},
    {"net.ipv6.conf.default.addr_gen_mode", "1"},
    {"net.ipv6.conf.default.mldv1_unsolicited_report_interval", "1"},
    {"net.ipv6.conf.default.mldv2_unsolicited_report_interval", "1"},
};

UniqueFd open_tap(const std::string& name) {
  ifreq request{};
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  UniqueFd tap(open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (tap && ioctl(tap.get(), TUNSETIFF, &request) != 0) tap.reset();
  return tap;
}

// As /proc/net/ipv6_route has it: 32 digits.
std::string digits(const std::string& address) {
  in6_addr bytes{};
  inet_pton(AF_INET6, address.c_str(), &bytes);
  std::string out;
  for (const std::uint8_t byte : bytes.s6_addr)
    for (const int nibble : {byte >> 4, byte & 0xf}) out += "0123456789abcdef"[nibble];
  return out;
}

}  // namespace

Host::Host(Family family) : family_(family) {
  auto ns = is_ipv6() ? lab::NetNs::create() : lab::NetNs::create_without_ipv6();
  if (!ns) {
    fail(ns.error());
    return;
  }
  ns_.emplace(*std::move(ns));
  sysctl(is_ipv6() ? kIpv6Settings : kIpv4Settings);
  route([](RouteNetlink& netlink) { return netlink.set_up("lo"); });
  add_tap("tap0", kOwnMac);
  give_address("tap0", own(), peer(), kPeerMac);
}

void Host::route(const std::function<Result<void>(RouteNetlink&)>& setting) {
  if (stopped()) return;
  Result<void> done;
  ns_->run([&] {
    auto netlink = RouteNetlink::open();
    done = netlink ? setting(*netlink) : netlink.error();
  });
  check(done);
}

void Host::set_up(const std::string& device, const Bytes& mac) {
  route([&](RouteNetlink& netlink) {
    return netlink.set_up(device, mac, is_ipv6() ? IFF_NOARP : 0);
  });
}

void Host::await_carrier(const std::string& device) {
  if (!stopped()) check(ns_->await_carrier(device));
}

void Host::give_address(const std::string& device, const std::string& address,
                        const std::string& neighbour, const Bytes& mac) {
  route([&](RouteNetlink& netlink) {
    const auto added = netlink.add_address(device, address, is_ipv6() ? 64 : 24);
    return added ? netlink.add_neighbour(device, neighbour, mac) : added;
  });
  if (is_ipv6()) await_local(address);
}

void Host::ip(const std::vector<std::string>& commands) {
  std::string line = "printf '%s\\n'";
  for (const std::string& command : commands) line += " '" + command + "'";
  command(line + " | ip -batch -");
}

void Host::nft(const std::string& rules) { command("nft '" + rules + "'"); }

void Host::command(const std::string& line) {
  if (stopped()) return;
  Result<void> done;
  ns_->run([&] { done = lab::run_command(line); });
  check(done);
}

void Host::optional_command(const std::string& line, const std::string& what) {
  if (stopped()) return;
  Result<void> done;
  ns_->run([&] { done = lab::run_command(line); });
  // How iproute2 says so: "Unknown device type", "… kind is unknown", "Operation not supported".
  if (!done && (done.error().message.find("nknown") != std::string::npos ||
                done.error().message.find("not supported") != std::string::npos))
    not_applicable("this kernel has no " + what);
  else
    check(done);
}

void Host::sysctl(const std::vector<std::pair<std::string, std::string>>& settings) {
  for (const auto& [name, value] : settings)
    if (!stopped()) check(ns_->sysctl(name, value));
}

void Host::family_sysctl(const std::string& name, const std::string& value) {
  sysctl({{(is_ipv6() ? "net.ipv6." : "net.ipv4.") + name, value}});
}

void Host::add_tap(const std::string& name, const Bytes& mac) {
  if (stopped()) return;
  UniqueFd tap;
  int code = 0;
  ns_->run([&] {
    tap = open_tap(name);
    code = errno;
  });
  if (!tap) return fail(system_error("the device " + name, code));
  taps_[name] = std::move(tap);
  set_up(name, mac);
}

void Host::forward() {
  add_tap("tap1");
  family_sysctl(is_ipv6() ? "conf.all.forwarding" : "ip_forward", "1");
  give_address("tap1", own_to_far(), far(), kFarMac);
  // Routers join a group, and say so twice.
  if (is_ipv6()) std::this_thread::sleep_for(milliseconds(50));
}

void Host::await_local(const std::string& address) {
  const std::string wanted = digits(address) + " 80";
  const auto deadline = steady_clock::now() + kPatience;
  while (!stopped()) {
    Result<std::string> routes = std::string();
    ns_->run([&] { routes = read_file("/proc/thread-self/net/ipv6_route"); });
    if (routes && routes->find(wanted) != std::string::npos) return;
    if (steady_clock::now() > deadline)
      return fail({.code = ETIMEDOUT, .message = address + " does not become local"});
    std::this_thread::sleep_for(milliseconds(1));
  }
}

void Host::write(const std::string& tap, const Bytes& frame, int count) {
  for (int i = 0; i < count && !stopped(); i++)
    check("writing a frame", ::write(taps_[tap].get(), frame.data(), frame.size()));
}

Bytes Host::read(const std::function<bool(const Bytes&)>& wanted) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!stopped() && steady_clock::now() < deadline) {
    pollfd readable{.fd = taps_["tap0"].get(), .events = POLLIN, .revents = 0};
    poll(&readable, 1, 100);
    Bytes frame(65536);
    const ssize_t size = ::read(readable.fd, frame.data(), frame.size());
    if (size <= 0) continue;
    frame.resize(static_cast<std::size_t>(size));
    if (wanted(frame)) return frame;
  }
  fail({.code = ETIMEDOUT, .message = "the host does not answer"});
  return {};
}

void Host::send(const std::string& address, int count, std::size_t payload) {
  const UniqueFd fd = socket(is_ipv6() ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
  if (stopped()) return;
  const lab::Endpoint to(address, kDiscardPort);
  const Bytes bytes(payload);
  for (int i = 0; i < count; i++)
    sendto(fd.get(), bytes.data(), bytes.size(), 0, to.get(), to.size());
}

UniqueFd Host::socket(int domain, int type, int protocol) {
  UniqueFd fd;
  if (stopped()) return fd;
  int code = 0;
  ns_->run([&] {
    fd.reset(::socket(domain, type | SOCK_CLOEXEC, protocol));
    code = errno;
  });
  if (!fd) fail(system_error("a socket", code));
  return fd;
}

UniqueFd Host::sink() {
  UniqueFd fd = socket(AF_INET6, SOCK_DGRAM, 0);
  // Without IPv6 a socket of that family serves IPv4 all the same.
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_port = htons(kDiscardPort);
  check("a sink", bind(fd.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any)));
  return fd;
}

void Host::empty(const UniqueFd& socket) {
  char byte = 0;
  while (recv(socket.get(), &byte, 1, MSG_DONTWAIT) >= 0) {
  }
}

void Host::drain() {
  Bytes frame(65536);
  for (const auto& [name, tap] : taps_)
    while (::read(tap.get(), frame.data(), frame.size()) > 0) {
    }
}

void Host::fail(Error error) {
  if (!stopped()) result_ = std::move(error);
}

void Host::check(const Result<void>& result) {
  if (!result) fail(result.error());
}

void Host::check(const std::string& what, long returned) {
  if (returned < 0) fail(system_error(what, errno));
}

void Host::not_applicable(std::string why) {
  if (!stopped()) not_applicable_ = std::move(why);
}

}  // namespace packetdrop::provoke
