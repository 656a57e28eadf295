// SPDX-License-Identifier: Apache-2.0
// The few settings that every host needs, without a process for each: rtnetlink(7) in short.
#include "provoke/rtnetlink.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace packetdrop::provoke {
namespace {

using lab::Bytes;
using lab::operator+;

template <typename T>
Bytes raw(const T& value) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(&value);
  return {begin, begin + sizeof(value)};
}

Bytes attribute(std::uint16_t type, const Bytes& value) {
  const rtattr header{.rta_len = static_cast<std::uint16_t>(RTA_LENGTH(value.size())),
                      .rta_type = type};
  return raw(header) + value + lab::zeros(RTA_ALIGN(value.size()) - value.size());
}

std::uint8_t family_of(const std::string& address) {
  return address.find(':') == std::string::npos ? AF_INET : AF_INET6;
}

Bytes bytes_of(const std::string& address) {
  Bytes out(family_of(address) == AF_INET ? 4 : 16);
  inet_pton(family_of(address), address.c_str(), out.data());
  return out;
}

}  // namespace

Result<RouteNetlink> RouteNetlink::open() {
  UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd) return system_error("rtnetlink", errno);
  return RouteNetlink(std::move(fd));
}

Result<void> RouteNetlink::set_up(const std::string& device, const Bytes& mac,
                                  unsigned more_flags) {
  ifinfomsg body{};
  body.ifi_index = static_cast<int>(if_nametoindex(device.c_str()));
  body.ifi_flags = IFF_UP | more_flags;
  body.ifi_change = IFF_UP | more_flags;
  return request(RTM_NEWLINK, raw(body) + (mac.empty() ? Bytes() : attribute(IFLA_ADDRESS, mac)),
                 device);
}

Result<void> RouteNetlink::add_address(const std::string& device, const std::string& address,
                                       int prefix) {
  ifaddrmsg body{};
  body.ifa_family = family_of(address);
  body.ifa_prefixlen = static_cast<std::uint8_t>(prefix);
  body.ifa_flags = body.ifa_family == AF_INET6 ? IFA_F_NODAD : 0;
  body.ifa_index = if_nametoindex(device.c_str());
  return request(RTM_NEWADDR, raw(body) + attribute(IFA_LOCAL, bytes_of(address)), address);
}

Result<void> RouteNetlink::add_neighbour(const std::string& device, const std::string& address,
                                         const Bytes& mac) {
  ndmsg body{};
  body.ndm_family = family_of(address);
  body.ndm_ifindex = static_cast<int>(if_nametoindex(device.c_str()));
  body.ndm_state = NUD_PERMANENT;
  return request(RTM_NEWNEIGH,
                 raw(body) + attribute(NDA_DST, bytes_of(address)) + attribute(NDA_LLADDR, mac),
                 address);
}

Result<void> RouteNetlink::request(std::uint16_t type, const Bytes& body, const std::string& what) {
  nlmsghdr header{};
  header.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(body.size()));
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE;
  const Bytes message = raw(header) + body;
  if (send(fd_.get(), message.data(), message.size(), 0) < 0) return system_error(what, errno);

  struct {
    nlmsghdr header;
    nlmsgerr error;
    std::uint8_t rest[1024];
  } answer{};
  if (recv(fd_.get(), &answer, sizeof(answer), 0) < 0) return system_error(what, errno);
  if (answer.header.nlmsg_type != NLMSG_ERROR || answer.error.error != 0)
    return system_error(what, -answer.error.error);
  return {};
}

}  // namespace packetdrop::provoke
