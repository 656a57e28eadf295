// SPDX-License-Identifier: Apache-2.0
// The host that drops: a namespace with a tap device, whose other side is this process.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/netns.h"
#include "provoke/packet.h"
#include "provoke/rtnetlink.h"

namespace packetdrop::provoke {

// The MAC addresses of lab::ethernet(): the host's and ours. And that of far().
inline const Bytes kOwnMac = {0x02, 0, 0, 0, 0x77, 0x01};
inline const Bytes kPeerMac = {0x02, 0, 0, 0, 0x77, 0x02};
inline const Bytes kFarMac = {0x02, 0, 0, 0, 0x77, 0x03};
inline const Bytes kNobodysMac = {0x02, 0, 0, 0, 0x77, 0x99};

// tap0 is 192.0.2.2 or 2001:db8::2, and knows the MAC address of .1, which is us. A frame written
// into it has gone all its way through the stack when write() returns. Once something has failed,
// everything after it does nothing, and result() says what it was.
class Host {
 public:
  // `family` says which of IPv4 and IPv6 it has an address of; without kIpv6 it does not speak it.
  explicit Host(Family family);

  Family family() const { return family_; }
  bool is_ipv6() const { return family_ == Family::kIpv6; }
  const lab::NetNs& ns() const { return *ns_; }
  // Our address and the host's own on tap0; its own towards far(), which is behind tap1.
  std::string peer() const { return is_ipv6() ? "2001:db8::1" : "192.0.2.1"; }
  std::string own() const { return is_ipv6() ? "2001:db8::2" : "192.0.2.2"; }
  std::string own_to_far() const { return is_ipv6() ? "2001:db8:1::2" : "198.51.100.2"; }
  std::string far() const { return is_ipv6() ? "2001:db8:1::9" : "198.51.100.9"; }

  // Commands of iproute2 ("link set lo up"), in one process.
  void ip(const std::vector<std::string>& commands);
  void nft(const std::string& rules);
  // A line for the shell.
  void command(const std::string& line);
  // One that needs something which not every kernel has.
  void optional_command(const std::string& line, const std::string& what);
  void sysctl(const std::vector<std::pair<std::string, std::string>>& settings);
  // "net.ipv4" or "net.ipv6", then `name`.
  void family_sysctl(const std::string& name, const std::string& value);

  // Another tap device, up.
  void add_tap(const std::string& name, const Bytes& mac = {});
  // Up. With IPv6 it resolves no address, and so joins no group, which it would have to tell.
  void set_up(const std::string& device, const Bytes& mac = {});
  // Waits until a device that is up has seen its peer, see lab::NetNs.
  void await_carrier(const std::string& device);
  // An address of its own on a device, and a neighbour there.
  void give_address(const std::string& device, const std::string& address,
                    const std::string& neighbour, const Bytes& mac);
  // Forwards from tap0 to far(), which is behind a new device tap1.
  void forward();
  // Until the host takes `address` for its own.
  void await_local(const std::string& address);

  void write(const Bytes& frame, int count = 1) { write("tap0", frame, count); }
  void write(const std::string& tap, const Bytes& frame, int count);
  // The next frame that the host sent out of tap0 and that `wanted` wants; a failure, and empty,
  // where none comes.
  Bytes read(const std::function<bool(const Bytes&)>& wanted);
  int tap_fd(const std::string& name) { return taps_[name].get(); }

  // `count` datagrams of `payload` bytes from a socket of the host's. That sending fails is often
  // what the cause is about, and no error here.
  void send(const std::string& address, int count, std::size_t payload = 22);
  // A UDP socket of the host's on port 9.
  UniqueFd sink();
  // Any socket of the host's.
  UniqueFd socket(int domain, int type, int protocol);
  // Takes all datagrams out of a socket.
  static void empty(const UniqueFd& socket);

  void fail(Error error);
  void check(const Result<void>& result);
  // Fails with the errno of a call that returned a negative value.
  void check(const std::string& what, long returned);

  // Takes out what the host has sent, so that nothing is dropped with the device.
  void drain();
  // This kernel or machine has no way to do it, which is no failure.
  void not_applicable(std::string why);
  const std::string& why_not_applicable() const { return not_applicable_; }
  const Result<void>& result() const { return result_; }

 private:
  void route(const std::function<Result<void>(RouteNetlink&)>& setting);
  bool stopped() const { return !result_ || !not_applicable_.empty(); }

  Family family_;
  std::optional<lab::NetNs> ns_;
  std::map<std::string, UniqueFd> taps_;
  Result<void> result_;
  std::string not_applicable_;
};

}  // namespace packetdrop::provoke
