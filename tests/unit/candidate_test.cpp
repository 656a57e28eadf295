// SPDX-License-Identifier: Apache-2.0
// The order in which mechanisms are tried.
#include "sources/bpf/candidate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace packetdrop {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> order(pd_hook hook, BpfAttach attach,
                               Mechanism tracepoint = Mechanism::kTpBtf) {
  std::vector<std::string> out;
  for (const Candidate& candidate : candidates(hooks()[hook], attach, tracepoint))
    out.push_back(std::string(to_string(candidate.mechanism)) + ":" + candidate.target +
                  (candidate.exact ? "" : " inexact"));
  return out;
}

TEST(Candidates, exact_stand_in_comes_first) {
  EXPECT_THAT(order(PD_HOOK_NETIF_RECEIVE_SKB_CORE, BpfAttach::kAuto),
              ElementsAre("tp_btf:netif_receive_skb", "fentry:__netif_receive_skb_core",
                          "kprobe:__netif_receive_skb_core"));
  EXPECT_THAT(
      order(PD_HOOK_NAPI_GRO_RECEIVE, BpfAttach::kAuto),
      ElementsAre("tp_btf:napi_gro_receive_entry", "fentry:napi_gro_receive",
                  "fentry:gro_receive_skb", "kprobe:napi_gro_receive", "kprobe:gro_receive_skb"));
}

TEST(Candidates, inexact_stand_in_comes_last) {
  EXPECT_THAT(order(PD_HOOK_DEV_QUEUE_XMIT, BpfAttach::kAuto),
              ElementsAre("fentry:__dev_queue_xmit", "kprobe:__dev_queue_xmit",
                          "tp_btf:net_dev_queue inexact"));
}

TEST(Candidates, function_without_a_stand_in_has_probes_alone) {
  EXPECT_THAT(order(PD_HOOK_TCP_V4_RCV, BpfAttach::kAuto),
              ElementsAre("fentry:tcp_v4_rcv", "kprobe:tcp_v4_rcv"));
}

TEST(Candidates, forced_mechanism_is_the_only_one) {
  EXPECT_THAT(order(PD_HOOK_DEV_QUEUE_XMIT, BpfAttach::kKprobe),
              ElementsAre("kprobe:__dev_queue_xmit"));
  EXPECT_THAT(order(PD_HOOK_DEV_QUEUE_XMIT, BpfAttach::kFentry),
              ElementsAre("fentry:__dev_queue_xmit"));
  EXPECT_THAT(order(PD_HOOK_DEV_QUEUE_XMIT, BpfAttach::kTracepoint),
              ElementsAre("tp_btf:net_dev_queue inexact"));
  EXPECT_THAT(order(PD_HOOK_TCP_V4_RCV, BpfAttach::kTracepoint), IsEmpty());
}

TEST(Candidates, tracepoint_hook_is_a_tracepoint_whatever_is_forced) {
  for (const BpfAttach attach :
       {BpfAttach::kAuto, BpfAttach::kKprobe, BpfAttach::kFentry, BpfAttach::kTracepoint})
    EXPECT_THAT(order(PD_HOOK_NET_DEV_XMIT, attach), ElementsAre("tp_btf:net_dev_xmit"));
}

TEST(Candidates, transmit_begins_to_be_seen_before_it_ends) {
  const auto list = candidates(hooks()[PD_HOOK_NET_DEV_XMIT], BpfAttach::kAuto, Mechanism::kRawTp);
  ASSERT_EQ(list.size(), 1u);
  ASSERT_EQ(list[0].steps.size(), 2u);
  EXPECT_EQ(list[0].steps[0].program, "raw_tp_net_dev_start_xmit");
  EXPECT_EQ(list[0].steps[1].program, "raw_tp_net_dev_xmit");
}

TEST(Candidates, tracepoints_are_raw_where_the_kernel_ships_no_btf) {
  EXPECT_THAT(order(PD_HOOK_DEV_QUEUE_XMIT, BpfAttach::kTracepoint, Mechanism::kRawTp),
              ElementsAre("raw_tp:net_dev_queue inexact"));
}

}  // namespace
}  // namespace packetdrop
