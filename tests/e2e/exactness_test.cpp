// SPDX-License-Identifier: Apache-2.0
// What a scrape says is what a sender sent: per hook, family and protocol, in packets, segments
// and bytes, without tolerance.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <thread>

#include "lab/hosts.h"
#include "lab/sender.h"
#include "lab/tcp.h"
#include "lab/with_exporter.h"
#include "support/timeout.h"

namespace packetdrop {
namespace {

using lab::Bytes;
using lab::NetNs;
using lab::operator+;
using std::chrono::steady_clock;

constexpr std::uint64_t kEthernetHeader = 14;
constexpr int kCount = 137;

// What one packet of a case adds at each hook; a hook that is not there sees nothing of it.
using PerHook = std::map<pd_hook, Counters>;

class Exactness : public lab::WithExporter<testing::Test> {
 protected:
  static Counters times(const Counters& one, std::uint64_t n) {
    return {.packets = one.packets * n, .segments = one.segments * n, .bytes = one.bytes * n};
  }

  static std::string describe(const Counters& c) {
    return std::to_string(c.packets) + " packets, " + std::to_string(c.segments) + " segments, " +
           std::to_string(c.bytes) + " bytes";
  }

  static lab::Scrape scrape(bool over_ipv6) {
    auto scrape = exporter_->scrape(over_ipv6);
    EXPECT_TRUE(scrape) << scrape.error().message;
    return scrape ? *std::move(scrape) : lab::Scrape();
  }

  static bool attached(const lab::Scrape& scrape, const ProbeInfo& hook) {
    return scrape.sum("packetdrop_hook_attached",
                      {{"source", lab::tested_source()}, {"hook", std::string(hook.label)}}) == 1;
  }

  static Counters delta(const lab::Scrape& before, const lab::Scrape& after, const ProbeInfo& hook,
                        std::size_t key) {
    const Counters old_value = before.counters(hook, key, lab::tested_source());
    const Counters new_value = after.counters(hook, key, lab::tested_source());
    return {.packets = new_value.packets - old_value.packets,
            .segments = new_value.segments - old_value.segments,
            .bytes = new_value.bytes - old_value.bytes};
  }

  // Every hook must count under `key` exactly what it should. `over_ipv6`: the family of the
  // scrapes, whose packets count as well. A run in which the kernel skipped events says so, and
  // nothing else: it is repeated, three times at most.
  static void expect_exactly(std::size_t key, const PerHook& per_packet, std::uint64_t count,
                             bool over_ipv6, const std::function<Result<void>()>& send) {
    // The last words of connections that scraped over the other family.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    for (int attempt = 1;; attempt++) {
      const lab::Scrape before = scrape(over_ipv6);
      const auto sent = send();
      ASSERT_TRUE(sent) << sent.error().message;
      await(before, key, per_packet, count, over_ipv6);
      const lab::Scrape after = scrape(over_ipv6);
      const double missed = missed_events(after) - missed_events(before);
      if (missed > 0 && attempt < 3) continue;
      EXPECT_EQ(missed, 0);
      compare(before, after, key, per_packet, count);
      return;
    }
  }

  static double missed_events(const lab::Scrape& scrape) {
    return scrape.sum("packetdrop_missed_events_total", {{"source", lab::tested_source()}});
  }

  // Until as many packets as expected are through, and a moment longer for what must not come.
  static void await(const lab::Scrape& before, std::size_t key, const PerHook& per_packet,
                    std::uint64_t count, bool over_ipv6) {
    const auto arrived = [&](const lab::Scrape& now) {
      for (const auto& [hook, one] : per_packet)
        if (attached(now, hooks()[hook]) &&
            delta(before, now, hooks()[hook], key).packets < one.packets * count)
          return false;
      return true;
    };
    const auto deadline = steady_clock::now() + scaled(std::chrono::seconds(3));
    while (!arrived(scrape(over_ipv6)) && steady_clock::now() < deadline)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  static void compare(const lab::Scrape& before, const lab::Scrape& after, std::size_t key,
                      const PerHook& per_packet, std::uint64_t count) {
    for (const ProbeInfo& hook : hooks()) {
      const auto one = per_packet.find(hook.hook());
      const Counters expected =
          one != per_packet.end() && attached(after, hook) ? times(one->second, count) : Counters{};
      const Counters counted = delta(before, after, hook, key);
      EXPECT_EQ(counted, expected)
          << hook.label << ": counted " << describe(counted) << ", sent " << describe(expected);
    }
  }

  // A frame on a veth, as the two ends see it.
  static PerHook on_veth(std::uint64_t frame, std::uint64_t segments = 1) {
    const Counters with = {.packets = 1, .segments = segments, .bytes = frame};
    const Counters without = {.packets = 1, .segments = segments, .bytes = frame - kEthernetHeader};
    return {{PD_HOOK_DEV_QUEUE_XMIT, with},
            {PD_HOOK_NET_DEV_XMIT, with},
            {PD_HOOK_ETH_TYPE_TRANS, with},
            {PD_HOOK_NETIF_RECEIVE_SKB_CORE, without}};
  }
};

// The family of a key decides over which the scrapes go.
bool scrape_over_ipv6(std::size_t key) { return keys()[key].family != "ipv6"; }

TEST_F(Exactness, frames_of_every_kind_are_counted_under_their_key) {
  const auto hosts = lab::Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  auto sender = lab::FrameSender::open(hosts->sender, "tx0");
  ASSERT_TRUE(sender) << sender.error().message;
  for (const lab::FrameCase& one : lab::frame_cases()) {
    SCOPED_TRACE(one.name);
    expect_exactly(one.key, on_veth(one.frame.size()), kCount, scrape_over_ipv6(one.key),
                   [&] { return sender->send(one.frame, kCount); });
  }
}

TEST_F(Exactness, tcp_segments_reach_tcp_v4_rcv) {
  const auto hosts = lab::Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  ASSERT_TRUE(hosts->receiver.ip("address add 192.0.2.2/24 dev rx0"));
  // Of interest to rx0, and from an address that it has a route to.
  Bytes frame = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_reset(26));
  const Bytes mac = {0x02, 0, 0, 0, 0, 0x0b};
  std::copy(mac.begin(), mac.end(), frame.begin());
  auto sender = lab::FrameSender::open(hosts->sender, "tx0");
  ASSERT_TRUE(sender) << sender.error().message;

  PerHook per_packet = on_veth(frame.size());
  per_packet[PD_HOOK_TCP_V4_RCV] = {.packets = 1, .segments = 1, .bytes = 20 + 26};
  expect_exactly(PD_KEY_IPV4_TCP, per_packet, kCount, true,
                 [&] { return sender->send(frame, kCount); });
}

TEST_F(Exactness, gro_counts_what_the_driver_hands_it) {
  auto ns = NetNs::create_without_ipv6();
  ASSERT_TRUE(ns);
  auto tap = lab::TapSender::open(*ns, "tap0");
  ASSERT_TRUE(tap) << tap.error().message;

  const Bytes frame = lab::ethernet(0x0800) + lab::ipv4(132, lab::zeros(30));
  PerHook per_packet = on_veth(frame.size());
  per_packet.erase(PD_HOOK_DEV_QUEUE_XMIT);
  per_packet.erase(PD_HOOK_NET_DEV_XMIT);
  per_packet[PD_HOOK_NAPI_GRO_RECEIVE] = per_packet[PD_HOOK_NETIF_RECEIVE_SKB_CORE];
  expect_exactly(PD_KEY_IPV4_SCTP, per_packet, kCount, true,
                 [&] { return tap->send(frame, kCount); });
}

TEST_F(Exactness, segments_of_gso_packets_without_gso_segs_are_computed) {
  constexpr std::uint8_t kGsoTcp4 = 1;
  constexpr std::uint8_t kGsoTcp6 = 4;
  const auto hosts = lab::Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  auto sender = lab::FrameSender::open(hosts->sender, "tx0");
  ASSERT_TRUE(sender) << sender.error().message;

  const Bytes tcp4 = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(9500));
  expect_exactly(PD_KEY_IPV4_TCP, on_veth(tcp4.size(), 10), 20, true,
                 [&] { return sender->send_gso(tcp4, kGsoTcp4, 1000, 14 + 20, 16, 20); });
  const Bytes tcp6 = lab::ethernet(0x86dd) + lab::ipv6(6, lab::tcp_data(30000));
  expect_exactly(PD_KEY_IPV6_TCP, on_veth(tcp6.size(), 30), 20, false,
                 [&] { return sender->send_gso(tcp6, kGsoTcp6, 1000, 14 + 40, 16, 20); });
}

TEST_F(Exactness, datagrams_over_veth_are_counted) {
  const auto hosts = lab::Hosts::create(true);
  ASSERT_TRUE(hosts) << hosts.error().message;
  ASSERT_TRUE(hosts->give_addresses(true));
  const auto sink = lab::open_sink(hosts->receiver);
  ASSERT_TRUE(sink) << sink.error().message;

  for (const std::uint64_t payload : {1u, 22u, 1000u, 1400u}) {
    SCOPED_TRACE(payload);
    expect_exactly(PD_KEY_IPV4_UDP, on_veth(kEthernetHeader + 28 + payload), kCount, true, [&] {
      return lab::send_datagrams(hosts->sender, "192.0.2.2", payload, kCount);
    });
    expect_exactly(PD_KEY_IPV6_UDP, on_veth(kEthernetHeader + 48 + payload), kCount, false, [&] {
      return lab::send_datagrams(hosts->sender, "2001:db8::2", payload, kCount);
    });
  }
}

TEST_F(Exactness, fragmented_datagrams_are_counted_as_fragments) {
  const auto hosts = lab::Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  ASSERT_TRUE(hosts->give_addresses(false));
  const auto sink = lab::open_sink(hosts->receiver);

  // 3000 bytes and the UDP header go as 1480, 1480 and 48 bytes of IP payload.
  constexpr std::uint64_t kHeaders = kEthernetHeader + 20;
  const std::uint64_t bytes = 3 * kHeaders + 3008;
  const Counters with = {.packets = 3, .segments = 3, .bytes = bytes};
  const Counters without = {.packets = 3, .segments = 3, .bytes = bytes - 3 * kEthernetHeader};
  const PerHook per_datagram = {{PD_HOOK_DEV_QUEUE_XMIT, with},
                                {PD_HOOK_NET_DEV_XMIT, with},
                                {PD_HOOK_ETH_TYPE_TRANS, with},
                                {PD_HOOK_NETIF_RECEIVE_SKB_CORE, without}};
  expect_exactly(PD_KEY_IPV4_UDP, per_datagram, 40, true,
                 [&] { return lab::send_datagrams(hosts->sender, "192.0.2.2", 3000, 40); });
}

TEST_F(Exactness, loopback_is_counted_on_both_ways) {
  auto ns = NetNs::create();
  ASSERT_TRUE(ns);
  ASSERT_TRUE(ns->ip("link set lo up"));
  const auto sink = lab::open_sink(*ns);
  expect_exactly(PD_KEY_IPV6_UDP, on_veth(kEthernetHeader + 48 + 100), kCount, false,
                 [&] { return lab::send_datagrams(*ns, "::1", 100, kCount); });
  expect_exactly(PD_KEY_IPV4_UDP, on_veth(kEthernetHeader + 28 + 100), kCount, true,
                 [&] { return lab::send_datagrams(*ns, "127.0.0.1", 100, kCount); });
}

// What a device says of itself is the only count of a TCP stream that both ends can agree on.
TEST_F(Exactness, tcp_stream_agrees_with_the_statistics_of_its_devices) {
  const auto hosts = lab::Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  ASSERT_TRUE(hosts->give_addresses(false));

  const lab::Scrape before = scrape(true);
  const auto streamed = lab::stream_tcp(hosts->sender, hosts->receiver, "192.0.2.2", 20 << 20);
  ASSERT_TRUE(streamed) << streamed.error().message;
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const lab::Scrape after = scrape(true);

  const auto device = [](const NetNs& ns, const std::string& file) {
    std::uint64_t value = 0;
    // sysfs shows the namespace that it was mounted in; /proc/net/dev that of the reader.
    ns.run([&] { value = lab::device_statistic(file); });
    return value;
  };
  const std::uint64_t packets =
      device(hosts->sender, "tx_packets") + device(hosts->receiver, "tx_packets");
  const std::uint64_t bytes =
      device(hosts->sender, "tx_bytes") + device(hosts->receiver, "tx_bytes");
  ASSERT_GT(packets, 100u);
  ASSERT_GT(bytes, 20u << 20);

  const Counters sent = delta(before, after, hooks()[PD_HOOK_NET_DEV_XMIT], PD_KEY_IPV4_TCP);
  EXPECT_EQ(sent.packets, packets);
  EXPECT_EQ(sent.bytes, bytes);
  const ProbeInfo& core = hooks()[PD_HOOK_NETIF_RECEIVE_SKB_CORE];
  if (attached(after, core)) {
    const Counters received = delta(before, after, core, PD_KEY_IPV4_TCP);
    EXPECT_EQ(received.packets, packets);
    EXPECT_EQ(received.bytes, bytes - packets * kEthernetHeader);
    EXPECT_EQ(received.segments, sent.segments);
  }
  EXPECT_GT(sent.segments, sent.packets) << "no GSO packet in a bulk transfer";
}

}  // namespace
}  // namespace packetdrop
