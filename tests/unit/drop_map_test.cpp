// SPDX-License-Identifier: Apache-2.0
// Drops of several CPUs become one list, and what is just being written is not read.
#include "sources/bpf/drop_map.h"

#include <gtest/gtest.h>

#include <memory>

#include "uapi/packetdrop_drops.h"

namespace packetdrop {
namespace {

class DropMapTest : public testing::Test {
 protected:
  // As the kernel side enters it, in the first free slot.
  void put(std::size_t cpu, std::uint64_t location, std::uint32_t reason, std::uint32_t key,
           std::uint64_t count, std::uint64_t first) {
    const std::uint32_t hash = pd_drop_hash(location, reason, key);
    for (std::uint32_t i = 0; i < PD_DROP_PROBES; i++) {
      pd_drop& slot = cpus_[cpu].slot[pd_drop_slot(hash, i)];
      if (slot.claims) continue;
      slot = {.location = location,
              .reason = reason,
              .key = key,
              .hash = hash,
              .claims = 1,
              .count = count,
              .first = first};
      return;
    }
    ADD_FAILURE() << "no slot";
  }

  std::vector<RawDrop> merged() const { return merge_drops(cpus_, *folds_); }

  std::vector<pd_drop_table> cpus_ = std::vector<pd_drop_table>(3);
  std::unique_ptr<pd_fold_table> folds_ = std::make_unique<pd_fold_table>();
};

TEST_F(DropMapTest, nothing_is_nothing) { EXPECT_TRUE(merged().empty()); }

TEST_F(DropMapTest, all_processors_are_added_up_and_the_first_drop_is_the_earliest) {
  put(0, 0xffffffff81000010, 3, PD_KEY_IPV4_UDP, 5, 2000);
  put(2, 0xffffffff81000010, 3, PD_KEY_IPV4_UDP, 7, 1000);
  put(1, 0xffffffff81000010, 3, PD_KEY_IPV6_UDP, 1, 500);
  const auto drops = merged();
  ASSERT_EQ(drops.size(), 2u);
  EXPECT_EQ(drops[0].key, std::uint32_t{PD_KEY_IPV6_UDP});
  EXPECT_EQ(drops[1].count, 12u);
  EXPECT_EQ(drops[1].first, 1000u);
}

TEST_F(DropMapTest, one_drop_in_two_slots_of_one_processor_is_one) {
  put(0, 0x1234, 3, PD_KEY_IPV4_TCP, 5, 1);
  put(0, 0x1234, 3, PD_KEY_IPV4_TCP, 6, 2);
  ASSERT_EQ(merged().size(), 1u);
  EXPECT_EQ(merged()[0].count, 11u);
}

TEST_F(DropMapTest, slot_that_is_being_named_is_left_out) {
  put(0, 0x1234, 3, PD_KEY_IPV4_TCP, 1, 1);
  pd_drop& slot = cpus_[0].slot[pd_drop_slot(pd_drop_hash(0x1234, 3, PD_KEY_IPV4_TCP), 0)];
  for (auto change : {+[](pd_drop& s) { s.location = 0; }, +[](pd_drop& s) { s.reason = 0; },
                      +[](pd_drop& s) { s.key = 0xff; }, +[](pd_drop& s) { s.hash = 0; }}) {
    const pd_drop whole = slot;
    change(slot);
    EXPECT_TRUE(merged().empty());
    slot = whole;
  }
  EXPECT_EQ(merged().size(), 1u);
}

TEST_F(DropMapTest, what_found_no_slot_has_no_location) {
  folds_->fold[pd_fold_index(0x30002)][PD_KEY_IPV6_ICMP] = {.count = 9, .first = 77};
  folds_->fold[PD_FOLD_REASONS - 1][PD_KEY_ARP_OTHER] = {.count = 1, .first = 78};
  const auto drops = merged();
  ASSERT_EQ(drops.size(), 2u);
  EXPECT_EQ(drops[0].location, 0u);
  EXPECT_EQ(drops[0].reason, 0x30002u);
  EXPECT_EQ(drops[0].key, std::uint32_t{PD_KEY_IPV6_ICMP});
  EXPECT_EQ(drops[0].count, 9u);
  EXPECT_EQ(drops[1].reason, PD_REASON_OTHER);
}

// As many as a busy kernel would have, in a table that is more than half full by then.
TEST_F(DropMapTest, three_hundred_distinct_drops_find_their_slots) {
  for (std::uint64_t i = 0; i < 300; i++)
    put(0, 0xffffffff81000000 + i * 4099, 2 + static_cast<std::uint32_t>(i % 80),
        static_cast<std::uint32_t>(i % kKeyCount), i + 1, i);
  const auto drops = merged();
  ASSERT_EQ(drops.size(), 300u);
  for (std::uint64_t i = 0; i < 300; i++) EXPECT_EQ(drops[i].count, i + 1);
}

}  // namespace
}  // namespace packetdrop
