// SPDX-License-Identifier: Apache-2.0
// Which capabilities are kept, on which host and for what.
#include "privileges/needs.h"

#include <gtest/gtest.h>
#include <linux/capability.h>

namespace packetdrop {
namespace {

constexpr CapabilitySet kAll(~std::uint64_t{0});

PrivilegeNeeds by_bpf() { return {.given = kAll, .kmod = false}; }

TEST(Needs, three_are_enough_to_count_by_bpf) {
  const CapabilitySet three = {CAP_BPF, CAP_PERFMON, CAP_SYSLOG};
  EXPECT_EQ(needed_to_start(by_bpf()), three);
  EXPECT_EQ(needed_to_serve(by_bpf()), three);
}

TEST(Needs, the_module_is_switched_by_net_admin_and_without_bpf) {
  const PrivilegeNeeds needs = {.given = kAll, .bpf = false};
  EXPECT_EQ(needed_to_start(needs), (CapabilitySet{CAP_NET_ADMIN, CAP_SYSLOG}));
}

TEST(Needs, a_kernel_that_charges_maps_to_the_limit_asks_for_sys_resource) {
  PrivilegeNeeds needs = by_bpf();
  needs.memlock = true;
  EXPECT_TRUE(needed_to_start(needs).has(CAP_SYS_RESOURCE));
}

TEST(Needs, sys_admin_stays_where_perf_or_an_old_kernel_asks_for_it) {
  PrivilegeNeeds needs = by_bpf();
  EXPECT_FALSE(needed_to_start(needs).has(CAP_SYS_ADMIN));
  needs.perf_event_paranoid = 3;
  EXPECT_TRUE(needed_to_start(needs).has(CAP_SYS_ADMIN));
  needs = by_bpf();
  needs.given = {CAP_SYS_ADMIN, CAP_NET_RAW};
  EXPECT_EQ(needed_to_start(needs), CapabilitySet{CAP_SYS_ADMIN});
}

TEST(Needs, what_cannot_be_attached_again_is_served_with_syslog_alone) {
  PrivilegeNeeds needs = {.given = kAll, .low_port = true, .switchable = false, .memlock = true};
  EXPECT_EQ(needed_to_serve(needs), (CapabilitySet{CAP_SYSLOG, CAP_NET_BIND_SERVICE}));
  needs.low_port = false;
  needs.reading_is_bpf = true;
  EXPECT_EQ(needed_to_serve(needs), (CapabilitySet{CAP_SYSLOG, CAP_BPF}));
  needs.given = {CAP_SYS_ADMIN};
  EXPECT_EQ(needed_to_serve(needs), CapabilitySet{CAP_SYS_ADMIN});
}

TEST(Needs, nothing_is_needed_that_was_not_given) {
  PrivilegeNeeds needs = by_bpf();
  needs.given = {CAP_SYSLOG, CAP_CHOWN};
  EXPECT_EQ(needed_to_start(needs), CapabilitySet{CAP_SYSLOG});
}

}  // namespace
}  // namespace packetdrop
