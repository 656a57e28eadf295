// SPDX-License-Identifier: Apache-2.0
// More packets than anybody can take, each of them dropped, and how many there were.
#include "lab/flood.h"

#include "lab/frame.h"
#include "lab/process.h"
#include "lab/tcp.h"

namespace packetdrop::lab {
namespace {

constexpr std::uint64_t kSegments = 600;
constexpr std::uint16_t kSegmentBytes = 100;
constexpr std::uint8_t kGsoTcp4 = 1;           // VIRTIO_NET_HDR_GSO_TCPV4
constexpr std::uint16_t kTransport = 14 + 20;  // behind Ethernet and IPv4
constexpr std::uint16_t kChecksum = 16;        // in the TCP header

}  // namespace

Result<Flood> Flood::create() {
  auto hosts = Hosts::create(false);
  if (!hosts) return hosts.error();
  Result<void> set;
  hosts->sender.run([&] { set = run_command("ethtool -K tx0 tso off"); });
  if (!set) return set.error();
  auto sender = FrameSender::open(hosts->sender, "tx0");
  if (!sender) return sender.error();
  return Flood(*std::move(hosts), *std::move(sender));
}

Result<void> Flood::run(std::chrono::milliseconds duration) {
  const Bytes frame = ethernet(0x0800) + ipv4(6, tcp_data(kSegments * kSegmentBytes));
  const auto end = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < end) {
    if (auto done = sender_.send_gso(frame, kGsoTcp4, kSegmentBytes, kTransport, kChecksum, 1);
        !done)
      return done;
    sent_ += kSegments;
  }
  return {};
}

std::uint64_t Flood::dropped() const {
  std::uint64_t seen = 0;
  hosts_.sender.run([&] { seen += device_statistic("tx_packets"); });
  hosts_.receiver.run([&] { seen += device_statistic("rx_dropped"); });
  return seen + (sent_ - seen) / kSegments;
}

}  // namespace packetdrop::lab
