// SPDX-License-Identifier: Apache-2.0
// Names of drops come from the running kernel: its BTF, its symbols, and from nothing else.
#include <bpf/btf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "host/btf_file.h"
#include "host/names/drop_namer.h"
#include "host/names/function_names.h"
#include "host/names/reason_names.h"
#include "sources/bpf/kernel_btf.h"
#include "sources/bpf/name_drops.h"
#include "support/root.h"
#include "uapi/packetdrop_drops.h"

namespace packetdrop {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Rows = std::vector<std::pair<std::string, std::uint32_t>>;

void add_enum(btf* types, const char* name, const Rows& rows) {
  ASSERT_GT(btf__add_enum(types, name, 4), 0);
  for (const auto& [row, number] : rows)
    ASSERT_EQ(btf__add_enum_value(types, row.c_str(), number), 0);
}

// struct bpf_link_info { union { struct { struct { u64 missed; } kprobe; } perf_event; }; }, and
// what else the loader looks for in structs.
void add_miss_counters(btf* types) {
  const int u64 = btf__add_int(types, "u64", 8, 0);
  const int kprobe = btf__add_struct(types, nullptr, 8);
  btf__add_field(types, "missed", u64, 0, 0);
  const int perf_event = btf__add_struct(types, nullptr, 16);
  btf__add_field(types, "kprobe", kprobe, 64, 0);
  const int any = btf__add_union(types, nullptr, 16);
  btf__add_field(types, "perf_event", perf_event, 0, 0);
  btf__add_struct(types, "bpf_link_info", 24);
  btf__add_field(types, nullptr, any, 64, 0);
  btf__add_struct(types, "bpf_prog_info", 8);
  btf__add_field(types, "recursion_misses", u64, 0, 0);
}

// typedef void (*btf_trace_kfree_skb)(void *, struct sk_buff *, void *location[, last]);
void add_tracepoint(btf* types, int last) {
  const int sk_buff = btf__add_struct(types, "sk_buff", 8);
  const int skb = btf__add_ptr(types, sk_buff);
  const int any = btf__add_ptr(types, 0);
  const int function = btf__add_func_proto(types, 0);
  for (const int argument : {any, skb, any}) btf__add_func_param(types, nullptr, argument);
  if (last > 0) btf__add_func_param(types, nullptr, last);
  ASSERT_GT(btf__add_typedef(types, "btf_trace_kfree_skb", btf__add_ptr(types, function)), 0);
}

std::string bytes_of(const btf* types) {
  std::uint32_t size = 0;
  const void* data = btf__raw_data(types, &size);
  return {static_cast<const char*>(data), size};
}

// What a kernel of the time of subsystems has, with numbers that none has.
BtfPtr kernel_types() {
  BtfPtr types(btf__new_empty());
  add_enum(types.get(), "skb_drop_reason",
           {{"SKB_NOT_DROPPED_YET", 0},
            {"SKB_CONSUMED", 1},
            {"SKB_DROP_REASON_NOT_SPECIFIED", 41},
            {"SKB_DROP_REASON_NO_SOCKET", 42},
            {"SKB_DROP_REASON_MAX", 43},
            {"SKB_DROP_REASON_SUBSYS_MASK", 0xffff0000}});
  add_enum(types.get(), "qdisc_drop_reason",
           {{"QDISC_DROP_UNSPEC", 0x30000 + 1},
            {"QDISC_DROP_OVERLIMIT", 0x30002},
            {"__QDISC_DROP_REASON", 0x30000},
            {"QDISC_DROP_MAX", 0x30003}});
  add_enum(types.get(), "my_drop_reason", {{"SOMETHING_ELSE", 42}});
  add_enum(types.get(), "unrelated", {{"NOTHING", 0x30002}});
  add_miss_counters(types.get());
  add_tracepoint(types.get(), btf__find_by_name(types.get(), "skb_drop_reason"));
  return types;
}

class Names : public testing::Test {
 protected:
  Names() { sys_.write("kernel/btf/vmlinux", bytes_of(kernel_.get())); }

  void add_module(const std::string& name, const char* enum_name, const Rows& rows) {
    const BtfPtr types(btf__new_empty_split(kernel_.get()));
    add_enum(types.get(), enum_name, rows);
    sys_.write("kernel/btf/" + name, bytes_of(types.get()));
  }

  HostPaths paths() const { return {.procfs = proc_.path(), .sysfs = sys_.path()}; }

  BtfPtr kernel_ = kernel_types();
  Root sys_, proc_;
};

TEST_F(Names, drop_reason_names_come_from_the_running_kernel) {
  DropNamer namer(paths(), "");
  EXPECT_EQ(namer.reason(42), "NO_SOCKET");
  EXPECT_EQ(namer.reason(41), "NOT_SPECIFIED");
  EXPECT_EQ(namer.reason(1), "CONSUMED");
  EXPECT_EQ(namer.reason(PD_REASON_OTHER), "other");
}

TEST_F(Names, of_a_subsystem_in_the_kernel_are_its_own) {
  DropNamer namer(paths(), "");
  EXPECT_EQ(namer.reason(0x30002), "QDISC_DROP_OVERLIMIT");
}

TEST_F(Names, of_a_module_come_from_its_own_types) {
  add_module("mac80211", "mac80211_drop_reason",
             {{"___RX_DROP_UNUSABLE", 0x10000}, {"RX_DROP_U_MIC_FAIL", 0x10001}});
  add_module("other", "colour", {{"RED", 0x10001}});
  DropNamer namer(paths(), "");
  EXPECT_EQ(namer.reason(0x10001), "RX_DROP_U_MIC_FAIL");
}

TEST_F(Names, of_a_module_that_was_loaded_later_are_found_too) {
  DropNamer namer(paths(), "");
  EXPECT_EQ(namer.reason(0x20007), "unknown_20007");
  add_module("openvswitch", "ovs_drop_reason", {{"OVS_DROP_EXPLICIT", 0x20008}});
  EXPECT_EQ(namer.reason(0x20008), "OVS_DROP_EXPLICIT");
  EXPECT_EQ(namer.reason(0x20007), "unknown_20007") << "a name once given stays";
}

TEST_F(Names, of_numbers_that_nothing_names_are_few) {
  DropNamer namer(paths(), "");
  std::set<std::string> names;
  for (std::uint32_t number = 500; number < 600; number++) names.insert(namer.reason(number));
  EXPECT_EQ(names.size(), 9u);
  EXPECT_TRUE(names.contains("unknown"));
  EXPECT_TRUE(names.contains("unknown_1f4"));
  EXPECT_EQ(namer.reason(43), "unknown") << "a bound is no reason";
}

TEST_F(Names, without_reasons_in_the_kernel_say_so) {
  const BtfPtr types(btf__new_empty());
  add_enum(types.get(), "unrelated", {{"NOTHING", 1}});
  sys_.write("kernel/btf/vmlinux", bytes_of(types.get()));
  DropNamer namer(paths(), "");
  EXPECT_EQ(namer.reason(0), "NOT_SPECIFIED");
}

// What the tracepoint tells decides, not what else the kernel has.
TEST(TracepointOfDrops, tells_reasons_where_its_third_argument_is_one) {
  const auto tells = [](const char* enum_name, bool has_argument) {
    const BtfPtr types(btf__new_empty());
    add_enum(types.get(), enum_name, {{"SKB_DROP_REASON_NO_SOCKET", 42}});
    add_tracepoint(types.get(), has_argument ? btf__find_by_name(types.get(), enum_name) : 0);
    return tells_reasons(types.get());
  };
  EXPECT_TRUE(tells("skb_drop_reason", true));
  EXPECT_FALSE(tells("skb_drop_reason", false));
  EXPECT_FALSE(tells("something_else", true));
  EXPECT_FALSE(tells_reasons(BtfPtr(btf__new_empty()).get()));
}

TEST_F(Names, without_reasons_in_the_tracepoint_are_not_specified) {
  const BtfPtr types(btf__new_empty());
  add_enum(types.get(), "skb_drop_reason", {{"SKB_NOT_DROPPED_YET", 0}});
  add_tracepoint(types.get(), 0);
  sys_.write("kernel/btf/vmlinux", bytes_of(types.get()));
  DropNamer namer(paths(), "");
  EXPECT_EQ(namer.reason(0), "NOT_SPECIFIED");
}

TEST_F(Names, come_from_the_given_file_where_the_kernel_ships_none) {
  const Root bare;
  DropNamer namer({.procfs = proc_.path(), .sysfs = bare.path()},
                  sys_.path() + "/kernel/btf/vmlinux");
  EXPECT_EQ(namer.reason(42), "NO_SOCKET");
}

TEST_F(Names, unreadable_types_cost_the_names_alone) {
  sys_.write("kernel/btf/vmlinux", "no BTF");
  sys_.write("kernel/btf/mac80211", "_drop_reason");
  DropNamer namer(paths(), "");
  EXPECT_EQ(namer.reason(42), "unknown_2a");
  EXPECT_EQ(namer.reason(0x10001), "unknown_10001");
}

constexpr const char* kSymbols =
    "0000000000000000 A fixed_percpu_data\n"
    "ffffffff81000000 T _stext\n"
    "ffffffff81000000 T _text\n"
    "ffffffff81000100 t ip_rcv.constprop.0\n"
    "ffffffff81000180 d some_data\n"
    "ffffffff81000200 T tcp_v4_rcv\n"
    "ffffffff81000200 t tcp_alias\n"
    "ffffffff81000300 T _etext\n"
    "ffffffff82000000 D __end_of_data\n"
    "ffffffffc0000100 t veth_xmit.part.0\t[veth]\n"
    "ffffffffc0000000 t veth_open\t[veth]\n"
    "ffffffffc0002000 t tun_rx\t[tun]\n";

constexpr const char* kModules =
    "veth 4096 0 - Live 0xffffffffc0000000\n"
    "tun 4096 1 veth, Live 0xffffffffc0002000 (E)\n";

std::vector<std::string> functions(const Root& proc, std::vector<std::uint64_t> addresses) {
  const auto found = find_functions(proc.path(), addresses);
  EXPECT_TRUE(found) << found.error().message;
  std::vector<std::string> names;
  if (found)
    for (const FunctionName& function : *found) names.push_back(function.name);
  return names;
}

TEST_F(Names, functions_are_the_nearest_symbol_at_or_below) {
  proc_.write("kallsyms", kSymbols);
  proc_.write("modules", kModules);
  EXPECT_THAT(functions(proc_, {0xffffffff81000100, 0xffffffff810001ff, 0xffffffff81000200,
                                0xffffffff81000201, 0xffffffff810002ff}),
              ElementsAre("ip_rcv", "ip_rcv", "tcp_v4_rcv", "tcp_v4_rcv", "tcp_v4_rcv"));
}

TEST_F(Names, functions_of_modules_are_found_in_their_module_alone) {
  proc_.write("kallsyms", kSymbols);
  proc_.write("modules", kModules);
  EXPECT_THAT(functions(proc_, {0xffffffffc0000001, 0xffffffffc0000fff, 0xffffffffc0001800,
                                0xffffffffc0002abc}),
              ElementsAre("veth_open", "veth_xmit", "", "tun_rx"));
}

// As arm64 kernels show modules: the kernel's own look-up leaves these out, and so does %ps.
TEST_F(Names, functions_are_not_called_as_what_lies_inside_of_them) {
  proc_.write("modules", kModules);
  for (const char* inside : {"$x", "$d", "$a", "$t", "$x.7", ".L12", ".L", "L0", "L0\x01"}) {
    proc_.write("kallsyms", std::string(kSymbols) + "ffffffffc0000010 t " + inside +
                                "\t[veth]\nffffffff81000110 t " + inside + "\n");
    EXPECT_THAT(functions(proc_, {0xffffffff81000120, 0xffffffffc0000020}),
                ElementsAre("ip_rcv", "veth_open"))
        << inside;
  }
  proc_.write("kallsyms", std::string(kSymbols) + "ffffffffc0000010 t L1_rx\t[veth]\n");
  EXPECT_THAT(functions(proc_, {0xffffffffc0000020}), ElementsAre("L1_rx"));
}

TEST_F(Names, functions_that_are_weak_are_functions) {
  proc_.write("kallsyms", std::string(kSymbols) + "ffffffff81000280 W weak_one\n");
  EXPECT_THAT(functions(proc_, {0xffffffff81000281}), ElementsAre("weak_one"));
}

TEST(Symbol, is_taken_apart_as_the_kernel_prints_it) {
  EXPECT_EQ(parse_symbol("ip_rcv"), (FunctionName{.name = "ip_rcv", .module = ""}));
  EXPECT_EQ(parse_symbol("ip_rcv.constprop.0"), (FunctionName{.name = "ip_rcv", .module = ""}));
  EXPECT_EQ(parse_symbol("veth_xmit.part.0 [veth]"),
            (FunctionName{.name = "veth_xmit", .module = "veth"}));
  for (const char* none : {"0xffffffffc0a01234", "0x0", "bpf_prog_6deef7357e7b4530_x [bpf]",
                           "ftrace_trampoline [__builtin__ftrace]", ""})
    EXPECT_EQ(parse_symbol(none), FunctionName()) << none;
}

TEST_F(Names, functions_outside_the_kernels_text_are_nobodys) {
  proc_.write("kallsyms", kSymbols);
  proc_.write("modules", "");
  EXPECT_THAT(
      functions(proc_, {0x1000, 0xffffffff81000300, 0xffffffff82000010, 0xffffffffc0000150}),
      ElementsAre("", "", "", ""));
}

TEST_F(Names, functions_that_kallsyms_hides_are_unknown_and_their_drops_counted) {
  proc_.write("kallsyms", "0000000000000000 T _stext\n0000000000000000 T ip_rcv\n");
  proc_.write("modules", "veth 4096 0 - Live 0x0000000000000000\n");
  DropNamer namer(paths(), "");
  const std::vector<RawDrop> drops = {
      {.location = 0xffffffff81000105,
       .reason = 42,
       .key = PD_KEY_IPV4_UDP,
       .count = 5,
       .first = 1},
      {.location = 0xffffffff81000205,
       .reason = 42,
       .key = PD_KEY_IPV4_UDP,
       .count = 6,
       .first = 2},
      {.location = 0, .reason = 42, .key = PD_KEY_IPV4_UDP, .count = 7, .first = 3}};
  const auto named = name_drops(drops, namer);
  ASSERT_EQ(named.size(), 2u);
  EXPECT_EQ(named[0].function, "unknown");
  EXPECT_EQ(named[0].count, 11u);
  EXPECT_EQ(named[1].function, "other");
  EXPECT_EQ(named[1].count, 7u);
}

TEST_F(Names, a_functions_name_is_kept_when_its_module_goes) {
  proc_.write("kallsyms", kSymbols);
  proc_.write("modules", kModules);
  DropNamer namer(paths(), "");
  const std::vector<std::uint64_t> locations = {0xffffffffc0000150};
  EXPECT_THAT(namer.functions(locations), ElementsAre("veth_xmit"));
  proc_.write("kallsyms", "");
  proc_.write("modules", "");
  EXPECT_THAT(namer.functions(locations), ElementsAre("veth_xmit"));
}

constexpr std::uint64_t kOfIp = 0xffffffff81000105, kOfVeth = 0xffffffffc0000150;
constexpr const char* kHidden = "0000000000000000 T _stext\n0000000000000000 T ip_rcv\n";

TEST_F(Names, functions_that_were_hidden_are_named_once_they_are_shown) {
  proc_.write("kallsyms", kHidden);
  proc_.write("modules", "veth 4096 0 - Live 0x0000000000000000\n");
  DropNamer namer(paths(), "");
  const std::vector<std::uint64_t> locations = {kOfIp, kOfVeth};
  EXPECT_THAT(namer.functions(locations), ElementsAre("unknown", "unknown"));
  EXPECT_THAT(namer.functions(locations), ElementsAre("unknown", "unknown"));
  proc_.write("kallsyms", kSymbols);
  proc_.write("modules", kModules);
  EXPECT_THAT(namer.functions(locations), ElementsAre("ip_rcv", "veth_xmit"));
  proc_.write("kallsyms", kHidden);
  EXPECT_THAT(namer.functions(locations), ElementsAre("ip_rcv", "veth_xmit")) << "known is known";
}

TEST_F(Names, functions_that_were_hidden_are_not_those_of_a_module_that_came_later) {
  proc_.write("kallsyms", kHidden);
  proc_.write("modules", "tun 4096 0 - Live 0x0000000000000000\n");
  DropNamer namer(paths(), "");
  const std::vector<std::uint64_t> locations = {kOfIp, kOfVeth};
  EXPECT_THAT(namer.functions(locations), ElementsAre("unknown", "unknown"));
  proc_.write("kallsyms", kSymbols);
  proc_.write("modules", kModules);
  EXPECT_THAT(namer.functions(locations), ElementsAre("ip_rcv", "unknown"));
}

TEST_F(Names, functions_are_asked_of_the_kernel_before_kallsyms) {
  proc_.write("kallsyms", kSymbols);
  proc_.write("modules", kModules);
  DropNamer namer(paths(), "");
  int asked = 0;
  namer.ask([&](std::uint64_t address) -> std::optional<FunctionName> {
    asked++;
    if (address == 1) return FunctionName{.name = "told", .module = ""};
    if (address == kOfIp) return FunctionName();
    return std::nullopt;
  });
  const std::vector<std::uint64_t> locations = {0, 1, kOfIp, kOfVeth};
  for (int i = 0; i < 2; i++)
    EXPECT_THAT(namer.functions(locations), ElementsAre("other", "told", "unknown", "veth_xmit"));
  EXPECT_EQ(asked, 3) << "each is asked for once";
}

TEST_F(Names, several_places_in_one_function_are_one_drop) {
  proc_.write("kallsyms", kSymbols);
  DropNamer namer(paths(), "");
  const std::vector<RawDrop> drops = {{.location = 0xffffffff81000105,
                                       .reason = 42,
                                       .key = PD_KEY_IPV4_UDP,
                                       .count = 5,
                                       .first = 1},
                                      {.location = 0xffffffff81000110,
                                       .reason = 42,
                                       .key = PD_KEY_IPV4_UDP,
                                       .count = 6,
                                       .first = 2},
                                      {.location = 0xffffffff81000110,
                                       .reason = 41,
                                       .key = PD_KEY_IPV4_UDP,
                                       .count = 1,
                                       .first = 3}};
  const auto named = name_drops(drops, namer);
  ASSERT_EQ(named.size(), 2u);
  EXPECT_EQ(named[0].function, "ip_rcv");
  EXPECT_EQ(named[0].reason, "NO_SOCKET");
  EXPECT_EQ(named[0].count, 11u);
  EXPECT_EQ(named[1].reason, "NOT_SPECIFIED");
}

TEST_F(Names, of_members_tell_where_the_kernel_counts_misses) {
  const auto btf = load_kernel_btf(false, sys_.path() + "/kernel/btf/vmlinux");
  ASSERT_TRUE(btf) << btf.error().message;
  EXPECT_TRUE(btf->fentry_skips_nested);
  EXPECT_EQ(btf->kprobe_missed_offset, 16u);
}

// Every byte of a small file changed in turn, and every cut of it: read or refused, never a crash.
TEST_F(Names, hostile_types_are_refused_or_read) {
  const std::string whole = bytes_of(kernel_.get());
  const std::string path = sys_.path() + "/kernel/btf/vmlinux";
  const auto read = [&](const std::string& bytes) {
    sys_.write("kernel/btf/vmlinux", bytes);
    DropNamer namer(paths(), "");
    EXPECT_FALSE(namer.reason(42).empty());
    const auto btf = load_kernel_btf(false, path);
    if (!btf) {
      EXPECT_THAT(btf.error().message, HasSubstr(path));
    }
  };
  for (std::size_t size = 0; size < whole.size(); size += 3) read(whole.substr(0, size));
  for (std::size_t at = 0; at < whole.size(); at++) {
    for (const char byte : {'\0', '\1', '\x7f', '\xff'}) {
      std::string changed = whole;
      changed[at] = byte;
      read(changed);
    }
  }
}

}  // namespace
}  // namespace packetdrop
