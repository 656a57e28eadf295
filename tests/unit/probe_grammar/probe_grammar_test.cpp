// SPDX-License-Identifier: Apache-2.0
// The grammar of the probe table: a row is enough for every kind, header and pass. Model,
// candidates and BPF programs are compiled here with a table of imaginary rows.
#include <bpf/libbpf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <tuple>

#include "base/free_by.h"
#include "sources/bpf/candidate.h"

namespace packetdrop {
namespace {

using BpfFile = std::unique_ptr<bpf_object, FreeBy<bpf_object__close>>;

BpfFile open_bpf(const char* flavour) {
  libbpf_set_print(nullptr);
  return BpfFile(bpf_object__open_file(
      (std::string(PACKETDROP_IMAGINARY_BPF) + "/" + flavour + ".bpf.o").c_str(), nullptr));
}

TEST(ProbeGrammar, the_table_has_every_kind_with_every_header_and_pass) {
  std::set<std::tuple<pd_kind, pd_header, pd_pass>> seen;
  for (const ProbeInfo& hook : hooks()) seen.emplace(hook.kind, hook.header, hook.pass);
  for (const pd_kind kind : {PD_KIND_FUNCTION, PD_KIND_TRACEPOINT})
    for (const pd_header header : {PD_HEADER_L2, PD_HEADER_NET, PD_HEADER_L3, PD_HEADER_L4})
      for (const pd_pass pass : {PD_PASS_BY_VALUE, PD_PASS_BY_REFERENCE})
        EXPECT_TRUE(seen.contains({kind, header, pass})) << kind << ' ' << header << ' ' << pass;
  EXPECT_TRUE(seen.contains({PD_KIND_XMIT_PAIR, PD_HEADER_NET, PD_PASS_BY_VALUE}));
}

TEST(ProbeGrammar, an_l4_row_counts_its_own_key_only) {
  for (const ProbeInfo& hook : hooks())
    for (std::size_t key = 0; key < kKeyCount; key++)
      EXPECT_EQ(is_legal(hook, key), hook.header != PD_HEADER_L4 || key == hook.key) << hook.label;
  EXPECT_TRUE(is_legal(probes()[PD_PROBE_FUNCTION_L4_BY_VALUE], PD_KEY_IPV6_TCP));
  EXPECT_TRUE(is_legal(probes()[PD_PROBE_FUNCTION_L4_BY_REFERENCE], PD_KEY_IPV6_UDP));
}

TEST(ProbeGrammar, a_tracepoint_row_is_attached_at_its_own_tracepoint) {
  for (const ProbeInfo& hook : hooks()) {
    if (hook.kind != PD_KIND_TRACEPOINT) continue;
    const auto list = candidates(hook, BpfAttach::kAuto, Mechanism::kTpBtf);
    ASSERT_EQ(list.size(), 1u) << hook.label;
    ASSERT_EQ(list[0].steps.size(), 1u) << hook.label;
    EXPECT_EQ(list[0].target, "at_" + std::string(hook.label));
  }
}

TEST(ProbeGrammar, bpf_has_a_program_for_every_candidate_of_every_row) {
  for (const char* flavour : {"probe_read", "rdonly_cast"}) {
    const BpfFile bpf = open_bpf(flavour);
    ASSERT_TRUE(bpf) << flavour;
    for (const ProbeInfo& probe : probes())
      for (const Mechanism tracepoint : {Mechanism::kTpBtf, Mechanism::kRawTp})
        for (const Candidate& candidate : candidates(probe, BpfAttach::kAuto, tracepoint))
          for (const Step& step : candidate.steps)
            EXPECT_TRUE(bpf_object__find_program_by_name(bpf.get(), step.program.c_str()))
                << flavour << ' ' << step.program;
  }
}

}  // namespace
}  // namespace packetdrop
