// SPDX-License-Identifier: Apache-2.0
// Two kernel components, one truth: module and BPF, active on the same traffic, agree number by
// number, for every key of every hook that both have attached.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <thread>

#include "lab/bpf_flags.h"
#include "lab/hosts.h"
#include "lab/process.h"
#include "lab/sender.h"
#include "lab/tcp.h"
#include "sources/bpf/bpf_source.h"
#include "sources/kmod/kmod_source.h"

namespace packetdrop {
namespace {

using lab::Bytes;
using lab::Hosts;
using lab::NetNs;
using lab::operator+;

constexpr int kCount = 150;
constexpr int kRuns = 3;  // a run in which the kernel skipped events is repeated

std::uint64_t total_missed(const Snapshot& snapshot) {
  std::uint64_t total = 0;
  for (const std::uint64_t missed : snapshot.missed) total += missed;
  return total;
}

std::string describe(const Counters& c) {
  return std::to_string(c.packets) + " packets, " + std::to_string(c.segments) + " segments, " +
         std::to_string(c.bytes) + " bytes";
}

Counters minus(const Counters& now, const Counters& before) {
  return {.packets = now.packets - before.packets,
          .segments = now.segments - before.segments,
          .bytes = now.bytes - before.bytes};
}

class Parity : public testing::Test {
 protected:
  void SetUp() override {
    kmod_ = make_kmod_source({});
    if (!kmod_->read())
      GTEST_SKIP() << "not applicable: the module drop_packet is not loaded here; vm.* runs it";
    bpf_ = make_bpf_source(lab::bpf_options_from_flags(), gather_host_facts({}));
  }

  void TearDown() override {
    if (kmod_->read()) {
      EXPECT_TRUE(kmod_->deactivate());
    }
  }

  struct Both {
    Snapshot bpf;
    Snapshot kmod;
  };
  Both read_both() { return {.bpf = *bpf_->read(), .kmod = *kmod_->read()}; }

  // Both gates open before the first packet, and close when the last has passed.
  void expect_parity(const std::function<Result<void>()>& traffic) {
    for (int run = 1;; run++) {
      const Both before = read_both();
      ASSERT_TRUE(bpf_->activate());
      ASSERT_TRUE(kmod_->activate());
      const Both attached = read_both();
      const auto sent = traffic();
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      ASSERT_TRUE(bpf_->deactivate());
      ASSERT_TRUE(kmod_->deactivate());
      ASSERT_TRUE(sent) << sent.error().message;

      const Both after = read_both();
      const std::uint64_t missed = total_missed(after.bpf) - total_missed(before.bpf) +
                                   total_missed(after.kmod) - total_missed(before.kmod);
      if (missed > 0 && run < kRuns) continue;
      EXPECT_EQ(missed, 0u);
      compare(before, attached, after);
      return;
    }
  }

  // "function reason key": skbs dropped in between. None of it overflows: the tests drop little.
  static std::map<std::string, std::uint64_t> by_function(const Snapshot& after,
                                                          const Snapshot& before) {
    std::map<std::string, std::uint64_t> counts;
    for (const Drop& drop : after.drops) counts[name(drop)] += drop.count;
    for (const Drop& drop : before.drops) counts[name(drop)] -= drop.count;
    std::erase_if(counts, [](const auto& row) { return row.second == 0; });
    return counts;
  }

  static std::string name(const Drop& drop) {
    return drop.function + " " + drop.reason + " " + std::to_string(drop.key);
  }

  static void compare(const Both& before, const Both& attached, const Both& after) {
    std::uint64_t compared = 0;
    for (const ProbeInfo& hook : hooks()) {
      if (!attached.bpf.probes[hook.id].attached) continue;
      EXPECT_TRUE(attached.kmod.probes[hook.id].attached) << hook.label;
      for (std::size_t key = 0; key < kKeyCount; key++) {
        const Counters bpf =
            minus(after.bpf.counters[hook.id][key], before.bpf.counters[hook.id][key]);
        const Counters kmod =
            minus(after.kmod.counters[hook.id][key], before.kmod.counters[hook.id][key]);
        EXPECT_EQ(bpf, kmod) << hook.label << " " << keys()[key].family << "/"
                             << keys()[key].protocol << ": bpf " << describe(bpf) << ", kmod "
                             << describe(kmod);
        compared += bpf.packets;
      }
    }
    EXPECT_EQ(after.bpf.tx_results, after.kmod.tx_results);
    EXPECT_EQ(by_function(after.bpf, before.bpf), by_function(after.kmod, before.kmod));
    EXPECT_GT(compared, 0u) << "nothing was counted, so nothing was compared";
  }

  std::unique_ptr<Source> bpf_;
  std::unique_ptr<Source> kmod_;
};

TEST_F(Parity, on_loopback_over_both_families) {
  auto ns = NetNs::create();
  ASSERT_TRUE(ns);
  ASSERT_TRUE(ns->ip("link set lo up"));
  const auto sink = lab::open_sink(*ns);
  expect_parity([&]() -> Result<void> {
    if (auto sent = lab::send_datagrams(*ns, "::1", 100, kCount); !sent) return sent;
    if (auto sent = lab::send_datagrams(*ns, "127.0.0.1", 100, kCount); !sent) return sent;
    return lab::stream_tcp(*ns, *ns, "127.0.0.1", 4 << 20);
  });
}

TEST_F(Parity, on_frames_of_every_kind_over_veth) {
  auto hosts = Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  auto sender = lab::FrameSender::open(hosts->sender, "tx0");
  ASSERT_TRUE(sender) << sender.error().message;
  expect_parity([&]() -> Result<void> {
    for (const lab::FrameCase& one : lab::frame_cases())
      if (auto sent = sender->send(one.frame, 20); !sent) return sent;
    return {};
  });
}

TEST_F(Parity, on_gso_packets_without_gso_segs) {
  auto hosts = Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  auto sender = lab::FrameSender::open(hosts->sender, "tx0");
  ASSERT_TRUE(sender) << sender.error().message;
  const Bytes frame = lab::ethernet(0x0800) + lab::ipv4(6, lab::tcp_data(9500));
  expect_parity([&] { return sender->send_gso(frame, 1, 1000, 14 + 20, 16, 20); });
}

TEST_F(Parity, on_what_a_driver_hands_to_gro) {
  auto ns = NetNs::create_without_ipv6();
  ASSERT_TRUE(ns);
  auto tap = lab::TapSender::open(*ns, "tap0");
  ASSERT_TRUE(tap) << tap.error().message;
  expect_parity([&]() -> Result<void> {
    for (const lab::FrameCase& one : lab::frame_cases())
      if (auto sent = tap->send(one.frame, 20); !sent) return sent;
    return {};
  });
}

TEST_F(Parity, on_tcp_with_and_without_segmentation_offload) {
  auto hosts = Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  ASSERT_TRUE(hosts->give_addresses(false));
  for (const char* offload : {"on", "off"}) {
    SCOPED_TRACE(offload);
    Result<void> set;
    hosts->sender.run([&] {
      set = lab::run_command(std::string("ethtool -K tx0 tso ") + offload + " gso " + offload);
    });
    ASSERT_TRUE(set) << set.error().message;
    expect_parity(
        [&] { return lab::stream_tcp(hosts->sender, hosts->receiver, "192.0.2.2", 4 << 20); });
  }
}

TEST_F(Parity, on_fragments_and_small_datagrams) {
  auto hosts = Hosts::create(true);
  ASSERT_TRUE(hosts) << hosts.error().message;
  ASSERT_TRUE(hosts->give_addresses(true));
  const auto sink = lab::open_sink(hosts->receiver);
  expect_parity([&]() -> Result<void> {
    for (const char* to : {"192.0.2.2", "2001:db8::2"})
      for (const std::size_t payload : {1U, 3000U})
        if (auto sent = lab::send_datagrams(hosts->sender, to, payload, kCount); !sent) return sent;
    return {};
  });
}

TEST_F(Parity, through_a_vlan_device) {
  auto hosts = Hosts::create(false);
  ASSERT_TRUE(hosts) << hosts.error().message;
  if (!hosts->sender.ip("link add link tx0 name tx0.5 type vlan id 5"))
    GTEST_SKIP() << "not applicable: this kernel has no VLAN devices; vm.* has";
  ASSERT_TRUE(hosts->receiver.ip("link add link rx0 name rx0.5 type vlan id 5"));
  ASSERT_TRUE(hosts->sender.ip("link set tx0.5 up"));
  ASSERT_TRUE(hosts->receiver.ip("link set rx0.5 up"));
  ASSERT_TRUE(hosts->sender.ip("address add 198.51.100.1/24 dev tx0.5"));
  ASSERT_TRUE(hosts->receiver.ip("address add 198.51.100.2/24 dev rx0.5"));
  const auto sink = lab::open_sink(hosts->receiver);
  expect_parity([&]() -> Result<void> {
    if (auto sent = lab::send_datagrams(hosts->sender, "198.51.100.2", 100, kCount); !sent)
      return sent;
    return lab::stream_tcp(hosts->sender, hosts->receiver, "198.51.100.2", 1 << 20);
  });
}

// sender -- tx0 rx0 -- router or bridge -- far0 near0 -- far
class ParityAcross : public Parity {
 protected:
  void SetUp() override {
    Parity::SetUp();
    if (IsSkipped()) return;
    auto hosts = Hosts::create(false);
    ASSERT_TRUE(hosts) << hosts.error().message;
    hosts_.emplace(*std::move(hosts));
    auto far = NetNs::create_without_ipv6();
    ASSERT_TRUE(far);
    far_.emplace(*std::move(far));
    must(hosts_->receiver, "link add far0 type veth peer name near0 netns " + far_->path());
    must(hosts_->receiver, "link set far0 up");
    must(*far_, "link set near0 up");
    EXPECT_TRUE(hosts_->receiver.await_carrier("far0"));
    EXPECT_TRUE(far_->await_carrier("near0"));
  }

  static void must(const NetNs& ns, const std::string& command) {
    const auto done = ns.ip(command);
    EXPECT_TRUE(done) << done.error().message;
  }

  Result<void> send_both_ways(const std::string& to) {
    const auto sink = lab::open_sink(*far_);
    if (auto sent = lab::send_datagrams(hosts_->sender, to, 100, kCount); !sent) return sent;
    return lab::stream_tcp(hosts_->sender, *far_, to, 1 << 20);
  }

  std::optional<Hosts> hosts_;
  std::optional<NetNs> far_;
};

TEST_F(ParityAcross, a_bridge) {
  if (!hosts_->receiver.ip("link add br0 type bridge mcast_snooping 0"))
    GTEST_SKIP() << "not applicable: this kernel has no bridges; vm.* has";
  for (const char* command :
       {"link set rx0 master br0", "link set far0 master br0", "link set br0 up"})
    must(hosts_->receiver, command);
  must(hosts_->sender, "address add 192.0.2.1/24 dev tx0");
  must(*far_, "address add 192.0.2.3/24 dev near0");
  expect_parity([&] { return send_both_ways("192.0.2.3"); });
}

TEST_F(ParityAcross, a_router) {
  EXPECT_TRUE(hosts_->receiver.sysctl("net.ipv4.ip_forward", "1"));
  EXPECT_TRUE(hosts_->give_addresses(false));
  must(hosts_->receiver, "address add 198.51.100.2/24 dev far0");
  must(*far_, "address add 198.51.100.3/24 dev near0");
  must(*far_, "route add default via 198.51.100.2");
  must(hosts_->sender, "route add default via 192.0.2.2");
  expect_parity([&] { return send_both_ways("198.51.100.3"); });
}

// The guest's own network card; what answers is QEMU's user network.
TEST_F(Parity, on_a_virtio_card_with_and_without_offload) {
  if (!lab::run_command("ip link show eth0 && ethtool -i eth0 | grep virtio"))
    GTEST_SKIP() << "not applicable: no virtio card here; vm.* has one";
  ASSERT_TRUE(lab::run_command("ip address replace 10.0.2.15/24 dev eth0 && ip link set eth0 up"));
  for (const char* offload : {"on", "off"}) {
    SCOPED_TRACE(offload);
    ASSERT_TRUE(
        lab::run_command(std::string("ethtool -K eth0 gro ") + offload + " tso " + offload));
    expect_parity([&] { return lab::echo_tcp("10.0.2.100", 7, 1 << 20); });
  }
}

}  // namespace
}  // namespace packetdrop
