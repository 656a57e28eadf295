// SPDX-License-Identifier: Apache-2.0
// A cable from the host to another one.
#include "provoke/veth.h"

#include "lab/process.h"
#include "provoke/filter.h"

namespace packetdrop::provoke {
namespace {

constexpr std::uint8_t kGsoTcp4 = 1;  // VIRTIO_NET_HDR_GSO_TCPV4

}  // namespace

Veth::Veth(Host& host, bool peer_is_up) : host_(host) {
  auto far = lab::NetNs::create_without_ipv6();
  if (!far) {
    host.fail(far.error());
    return;
  }
  far_.emplace(*std::move(far));
  host.ip(
      {"link add veth0 address 02:00:00:00:77:01 type veth peer name veth1 address "
       "02:00:00:00:77:03 netns " +
       far_->path()});
  host.set_up("veth0");
  if (peer_is_up) {
    peer_ip("link set veth1 up");
    host_.await_carrier("veth0");
    host_.check(far_->await_carrier("veth1"));
  }
  // What the host says ends here.
  peer_command(classifier("veth1", "ingress", Verdict::kTake));
  auto sender = lab::FrameSender::open(*far_, "veth1");
  if (sender)
    sender_.emplace(*std::move(sender));
  else
    host.fail(sender.error());
}

void Veth::give_address() { host_.give_address("veth0", host_.own_to_far(), host_.far(), kFarMac); }

void Veth::write(const Bytes& frame, int count) {
  if (sender_) host_.check(sender_->send(frame, count));
}

void Veth::write_gso(const Bytes& frame, std::uint16_t gso_size, int count) {
  constexpr std::uint16_t kTcpChecksum = 16;
  if (sender_)
    host_.check(sender_->send_gso(frame, kGsoTcp4, gso_size,
                                  static_cast<std::uint16_t>(transport(Family::kIpv4)),
                                  kTcpChecksum, count));
}

void Veth::peer_ip(const std::string& command) { host_.check(far_->ip(command)); }

void Veth::peer_command(const std::string& line) {
  far_->run([&] { host_.check(lab::run_command(line)); });
}

}  // namespace packetdrop::provoke
