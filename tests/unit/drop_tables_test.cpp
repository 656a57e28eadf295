// SPDX-License-Identifier: Apache-2.0
// The tables of drop reasons and dropping functions are well formed, and the classification from
// both.
#include <gtest/gtest.h>

#include <set>

#include "model/drop.h"
#include "model/drop_reason.h"

namespace packetdrop {
namespace {

constexpr std::size_t kLongestSentence = 140;

void expect_a_sentence(std::string_view sentence, std::string_view of) {
  EXPECT_LE(sentence.size(), kLongestSentence) << of;
  EXPECT_TRUE(sentence.ends_with('.')) << of;
  EXPECT_EQ(sentence.find_first_of("\n\"\\"), std::string_view::npos) << of;
}

TEST(DropReasons, have_distinct_names) {
  std::set<std::string_view> seen;
  for (const DropInfo& reason : drop_reasons())
    EXPECT_TRUE(seen.insert(reason.name).second) << reason.name;
}

TEST(DropReasons, are_named_without_the_prefix_and_are_no_marks) {
  for (const DropInfo& reason : drop_reasons()) {
    EXPECT_FALSE(reason.name.starts_with("SKB_DROP_REASON_")) << reason.name;
    EXPECT_FALSE(reason.name.starts_with("_")) << reason.name;
    EXPECT_FALSE(reason.name.ends_with("_MAX")) << reason.name;
    EXPECT_FALSE(reason.name.ends_with("_MASK")) << reason.name;
  }
}

TEST(DropReasons, say_a_sentence_each) {
  for (const DropInfo& reason : drop_reasons()) expect_a_sentence(reason.sentence, reason.name);
}

TEST(DropReasons, are_each_found_by_name) {
  for (const DropInfo& reason : drop_reasons())
    EXPECT_EQ(find_reason(reason.name), &reason) << reason.name;
}

TEST(DropReasons, only_those_that_say_nothing_are_unknown) {
  std::set<std::string_view> unknown;
  for (const DropInfo& reason : drop_reasons())
    if (reason.verdict.drop_class == DropClass::kUnknown) unknown.insert(reason.name);
  EXPECT_EQ(unknown, (std::set<std::string_view>{kNotSpecified, "RX_DROP", "RX_DROP_UNUSABLE"}));
}

TEST(DropReasons, that_no_table_knows_are_not_found) {
  for (const std::string_view name : {"", "A", "NO_SOCKE", "NO_SOCKET_", "no_socket", "zzz"})
    EXPECT_EQ(find_reason(name), nullptr) << name;
}

TEST(DropFunctions, have_distinct_plain_names) {
  std::set<std::string_view> seen;
  for (const DropInfo& function : drop_functions()) {
    EXPECT_TRUE(seen.insert(function.name).second) << function.name;
    EXPECT_EQ(function.name.find_first_of(". ["), std::string_view::npos) << function.name;
  }
}

TEST(DropFunctions, say_a_sentence_each) {
  for (const DropInfo& function : drop_functions())
    expect_a_sentence(function.sentence, function.name);
}

TEST(DropFunctions, are_each_found_by_name) {
  for (const DropInfo& function : drop_functions())
    EXPECT_EQ(find_function(function.name), &function) << function.name;
  EXPECT_EQ(find_function("no_such_function"), nullptr);
}

TEST(DropFunctions, tell_a_class_or_a_layer) {
  for (const DropInfo& function : drop_functions())
    EXPECT_TRUE(function.verdict.drop_class != DropClass::kUnknown ||
                function.verdict.layer != DropLayer::kOther)
        << function.name;
}

TEST(Judge, a_reason_that_says_something_wins_over_the_function) {
  EXPECT_EQ(judge("NO_SOCKET", "tcp_v4_rcv"), (Verdict{DropClass::kConfig, DropLayer::kSocket}));
  EXPECT_EQ(judge("TCP_CSUM", "tcp_v4_rcv"), (Verdict{DropClass::kError, DropLayer::kTcp}));
  EXPECT_EQ(judge("QDISC_DROP", "kfree_skb_list_reason"),
            (Verdict{DropClass::kCapacity, DropLayer::kQdisc}));
}

TEST(Judge, the_function_decides_where_the_reason_is_not_specified) {
  const Verdict xdp{DropClass::kPolicy, DropLayer::kDevice};
  EXPECT_EQ(judge("NOT_SPECIFIED", "do_xdp_generic"), xdp);
  EXPECT_EQ(judge("NOT_SPECIFIED", "veth_xdp_rcv_skb"), xdp);
  EXPECT_EQ(judge("NOT_SPECIFIED", "ip_error"), (Verdict{DropClass::kConfig, DropLayer::kIp}));
  EXPECT_EQ(judge("NOT_SPECIFIED", "kfree_skb_list"),
            (Verdict{DropClass::kCapacity, DropLayer::kQdisc}));
  EXPECT_EQ(judge("NOT_SPECIFIED", "udp_queue_rcv_one_skb"),
            (Verdict{DropClass::kUnknown, DropLayer::kUdp}));
}

TEST(Judge, what_a_healthy_host_frees_without_a_reason_is_benign) {
  for (const std::string_view function :
       {"tcp_v4_rcv", "tcp_v6_rcv", "tcp_v4_do_rcv", "tcp_v6_do_rcv", "tcp_rcv_state_process",
        "sk_stream_kill_queues", "inet_sock_destruct", "skb_release_data", "skb_queue_purge",
        "icmpv6_rcv", "ip6_mc_input"})
    EXPECT_EQ(judge("NOT_SPECIFIED", function).drop_class, DropClass::kBenign) << function;
}

TEST(Judge, what_neither_table_knows_is_unknown_and_other) {
  const Verdict unknown{DropClass::kUnknown, DropLayer::kOther};
  EXPECT_EQ(judge("NOT_SPECIFIED", "no_such_function"), unknown);
  EXPECT_EQ(judge("NOT_SPECIFIED", ""), unknown);
  EXPECT_EQ(judge("NO_SUCH_REASON", "ip_error"), unknown);
  EXPECT_EQ(judge("unknown_0xffff0001", "tcp_v4_rcv"), unknown);
}

TEST(Judge, every_class_and_layer_is_used_and_has_its_own_name) {
  std::set<std::string_view> classes, layers;
  for (const DropInfo& reason : drop_reasons()) {
    classes.insert(to_string(reason.verdict.drop_class));
    layers.insert(to_string(reason.verdict.layer));
  }
  for (const DropClassInfo& row : drop_classes()) EXPECT_EQ(to_string(row.id), row.label);
  for (const DropLayerInfo& row : drop_layers()) EXPECT_EQ(to_string(row.id), row.label);
  EXPECT_EQ(classes, (std::set<std::string_view>{"benign", "policy", "capacity", "error", "config",
                                                 "unknown"}));
  EXPECT_EQ(layers, (std::set<std::string_view>{"device", "qdisc", "l2", "ip", "netfilter", "tcp",
                                                "udp", "socket", "other"}));
}

}  // namespace
}  // namespace packetdrop
