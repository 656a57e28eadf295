// SPDX-License-Identifier: Apache-2.0
// The hook table says what the contract says.
#include <gtest/gtest.h>

#include <set>

#include "model/probe.h"

namespace packetdrop {
namespace {

TEST(HookTable, has_the_six_hooks_in_path_order) {
  std::vector<std::string_view> labels;
  for (const ProbeInfo& hook : hooks()) labels.push_back(hook.label);
  EXPECT_EQ(labels, (std::vector<std::string_view>{"dev_queue_xmit", "net_dev_xmit",
                                                   "eth_type_trans", "napi_gro_receive",
                                                   "netif_receive_skb_core", "tcp_v4_rcv"}));
}

TEST(HookTable, row_number_is_the_id) {
  for (std::size_t i = 0; i < kHookCount; i++) EXPECT_EQ(hooks()[i].id, i);
}

TEST(HookTable, never_names_the_inline_dev_queue_xmit) {
  for (const ProbeInfo& hook : hooks())
    for (const std::string_view symbol : hook.targets) EXPECT_NE(symbol, "dev_queue_xmit");
}

TEST(HookTable, finds_gro_under_both_its_names) {
  const ProbeInfo& gro = hooks()[PD_HOOK_NAPI_GRO_RECEIVE];
  ASSERT_EQ(gro.targets.size(), 2u);
  EXPECT_EQ(gro.targets[0], "napi_gro_receive");
  EXPECT_EQ(gro.targets[1], "gro_receive_skb");
  EXPECT_EQ(gro.skb_argument, 1);
}

TEST(HookTable, has_sixty_one_legal_series_per_unit) {
  std::size_t legal = 0;
  for (const ProbeInfo& hook : hooks())
    for (std::size_t key = 0; key < kKeyCount; key++) legal += is_legal(hook, key);
  EXPECT_EQ(legal, 61u);
}

TEST(HookTable, keys_are_distinct_pairs) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const KeyInfo& key : keys()) EXPECT_TRUE(seen.emplace(key.family, key.protocol).second);
  EXPECT_EQ(seen.size(), 12u);
}

}  // namespace
}  // namespace packetdrop
