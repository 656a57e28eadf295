// SPDX-License-Identifier: Apache-2.0
// Finds the uid of the peer of a connection from this machine.
#include "access/peer_uid.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "base/free_by.h"

namespace packetdrop {
namespace {

// One end of a connection. An IPv4-mapped IPv6 address is stored as IPv4.
struct End {
  int family = AF_UNSPEC;
  std::array<__be32, 4> address{};
  in_port_t port = 0;  // in network byte order
};

End end_of(const sockaddr_storage& storage) {
  End end;
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof(v4));
    return {.family = AF_INET, .address = {v4.sin_addr.s_addr}, .port = v4.sin_port};
  }
  if (storage.ss_family != AF_INET6) return end;
  sockaddr_in6 v6{};
  std::memcpy(&v6, &storage, sizeof(v6));
  const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr);
  end.family = mapped ? AF_INET : AF_INET6;
  end.port = v6.sin6_port;
  if (mapped)
    std::memcpy(end.address.data(), v6.sin6_addr.s6_addr + 12, sizeof(in_addr));
  else
    std::memcpy(end.address.data(), &v6.sin6_addr, sizeof(v6.sin6_addr));
  return end;
}

template <int (*name)(int, sockaddr*, socklen_t*)>
End ask(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (name(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return {};
  return end_of(storage);
}

Result<uid_t> unix_peer_uid(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
    return system_error("SO_PEERCRED", errno);
  return peer.uid;
}

void fill_request(nlmsghdr& header, const End& peer, const End& self) {
  header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  header.nlmsg_flags = NLM_F_REQUEST;
  auto& request = *static_cast<inet_diag_req_v2*>(
      mnl_nlmsg_put_extra_header(&header, sizeof(inet_diag_req_v2)));
  request.sdiag_family = static_cast<__u8>(peer.family);
  request.sdiag_protocol = IPPROTO_TCP;
  request.idiag_states = 1U << TCP_ESTABLISHED;
  request.id.idiag_sport = peer.port;
  request.id.idiag_dport = self.port;
  std::memcpy(request.id.idiag_src, peer.address.data(), sizeof(request.id.idiag_src));
  std::memcpy(request.id.idiag_dst, self.address.data(), sizeof(request.id.idiag_dst));
  request.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  request.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

// A socket that its process has closed has no owner, and the kernel reports uid 0 for it
// (sock_i_uid(), inet_twsk_diag_fill(), Linux 6.12). An established socket has an owner.
int take_answer(const nlmsghdr* header, void* out) {
  const auto& found = *static_cast<const inet_diag_msg*>(mnl_nlmsg_get_payload(header));
  if (header->nlmsg_len >= NLMSG_LENGTH(sizeof(found)) && found.idiag_state == TCP_ESTABLISHED &&
      found.idiag_inode != 0)
    *static_cast<std::optional<uid_t>*>(out) = found.idiag_uid;
  return MNL_CB_STOP;
}

Result<uid_t> tcp_peer_uid(const End& peer, const End& self) {
  const std::unique_ptr<mnl_socket, FreeBy<mnl_socket_close>> netlink(
      mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC));
  if (!netlink || mnl_socket_bind(netlink.get(), 0, MNL_SOCKET_AUTOPID) != 0)
    return system_error("sock_diag", errno);
  std::array<char, 8192> buffer{};
  nlmsghdr& request = *mnl_nlmsg_put_header(buffer.data());
  fill_request(request, peer, self);
  if (mnl_socket_sendto(netlink.get(), &request, request.nlmsg_len) < 0)
    return system_error("sock_diag", errno);
  const ssize_t size = mnl_socket_recvfrom(netlink.get(), buffer.data(), buffer.size());
  std::optional<uid_t> uid;
  if (size < 0 || mnl_cb_run(buffer.data(), static_cast<std::size_t>(size), 0,
                             mnl_socket_get_portid(netlink.get()), take_answer, &uid) < 0)
    return system_error("sock_diag", errno);
  if (!uid) return Error{.code = 0, .message = "its socket has no owner any more"};
  return *uid;
}

}  // namespace

Result<uid_t> peer_uid(int socket) {
  int family = AF_UNSPEC;
  socklen_t size = sizeof(family);
  if (::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0)
    return system_error("SO_DOMAIN", errno);
  if (family == AF_UNIX) return unix_peer_uid(socket);
  const End peer = ask<::getpeername>(socket);
  const End self = ask<::getsockname>(socket);
  if (peer.family == AF_UNSPEC || self.family != peer.family)
    return Error{.code = ENOTCONN, .message = "it is not connected"};
  return tcp_peer_uid(peer, self);
}

}  // namespace packetdrop
