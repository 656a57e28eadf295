// SPDX-License-Identifier: Apache-2.0
// The module's text is read strictly where it is known, and generously where it is not.
#include "sources/kmod/proc_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sources/kmod/kmod_source.h"

namespace packetdrop {
namespace {

using testing::HasSubstr;

constexpr std::string_view kText = R"(settings:
  activated: y
  abi: 1
  version: 0.1.0
hooks:
  dev_queue_xmit attached=y mechanism=kprobe target=__dev_queue_xmit exact=y
    ipv4/tcp packets=3 segments=7 bytes=4000
    arp/other packets=18446744073709551615 segments=1 bytes=42
  tcp_v4_rcv attached=N errno=2
    ipv4/tcp packets=0 segments=0 bytes=0
transmit_not_ok:
  busy: 4
  dropped: 0
missed:
  kprobe: 5
  xmit_unmatched: 6
drops:
  kfree_skb attached=y mechanism=tracepoint target=kfree_skb exact=y
    __udp4_lib_rcv reason=0x3 name=NO_SOCKET family=ipv4 protocol=udp count=100 first_ns=2000
    ieee80211_rx reason=0x10002 family=other protocol=other count=18446744073709551615 first_ns=1000
  folded: 0
)";

std::string with(std::string_view old_part, std::string_view new_part) {
  std::string text(kText);
  const std::size_t at = text.find(old_part);
  EXPECT_NE(at, std::string::npos) << old_part;
  return text.replace(at, old_part.size(), new_part);
}

std::string error_of(const std::string& text) {
  const auto snapshot = parse_proc_text(text);
  return snapshot ? "" : snapshot.error().message;
}

TEST(ProcText, drops_come_in_the_order_of_the_first_one_with_the_modules_or_the_readers_name) {
  const std::chrono::system_clock::time_point booted{std::chrono::seconds(1'000'000)};
  const auto snapshot = parse_proc_text(
      kText, {.reason_name = [](std::uint32_t number) { return std::to_string(number); },
              .booted = booted});
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_TRUE(snapshot->probes[PD_PROBE_KFREE_SKB].attached);
  EXPECT_EQ(snapshot->probes[PD_PROBE_KFREE_SKB].mechanism, "tracepoint");
  ASSERT_EQ(snapshot->drops.size(), 2u);
  EXPECT_EQ(snapshot->drops[0].function, "ieee80211_rx");
  EXPECT_EQ(snapshot->drops[0].reason, std::to_string(0x10002));
  EXPECT_EQ(snapshot->drops[0].count, 18446744073709551615U);
  EXPECT_EQ(snapshot->drops[0].since, booted + std::chrono::nanoseconds(1000));
  EXPECT_EQ(snapshot->drops[1].reason, "NO_SOCKET");
  EXPECT_EQ(snapshot->drops[1].key, std::size_t{PD_KEY_IPV4_UDP});
  EXPECT_EQ(snapshot->drops[1].count, 100u);
}

TEST(ProcText, malformed_drop_is_named) {
  for (const auto& [old_part, new_part] :
       std::initializer_list<std::pair<const char*, const char*>>{
           {"reason=0x3 ", "reason=3 "},
           {"reason=0x3 ", "reason=0xg "},
           {"reason=0x3 ", "reason=0x123456789 "},
           {"reason=0x3 ", ""},
           {"count=100 ", "count=-1 "},
           {"count=100 ", ""},
           {"first_ns=2000", "first_ns="},
           {"protocol=udp ", ""},
           {"kfree_skb attached=y", "kfree_skb attached=?"}})
    EXPECT_THAT(error_of(with(old_part, new_part)), HasSubstr("is malformed")) << new_part;
}

TEST(ProcText, drops_that_cannot_be_had_say_why) {
  const auto snapshot =
      parse_proc_text(with("kfree_skb attached=y mechanism=tracepoint target=kfree_skb exact=y",
                           "kfree_skb attached=N errno=2"));
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_FALSE(snapshot->probes[PD_PROBE_KFREE_SKB].attached);
  EXPECT_EQ(snapshot->probes[PD_PROBE_KFREE_SKB].refusals.at(0).code, 2);
}

TEST(ProcText, says_all_that_it_says) {
  const auto snapshot = parse_proc_text(kText);
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_TRUE(snapshot->active);
  const ProbeState& state = snapshot->probes[PD_PROBE_DEV_QUEUE_XMIT];
  EXPECT_TRUE(state.attached);
  EXPECT_TRUE(state.exact);
  EXPECT_EQ(state.mechanism, "kprobe");
  EXPECT_EQ(state.target, "__dev_queue_xmit");
  const HookCounters& counters = snapshot->counters[PD_HOOK_DEV_QUEUE_XMIT];
  EXPECT_EQ(counters[PD_KEY_IPV4_TCP], (Counters{.packets = 3, .segments = 7, .bytes = 4000}));
  EXPECT_EQ(counters[PD_KEY_ARP_OTHER].packets, UINT64_MAX);
  EXPECT_EQ(snapshot->probes[PD_PROBE_TCP_V4_RCV].refusals.at(0).code, 2);
  EXPECT_EQ(snapshot->tx_results[PD_TX_BUSY], 4u);
  EXPECT_EQ(snapshot->missed[static_cast<std::size_t>(MissCause::kKprobe)], 5u);
  EXPECT_EQ(snapshot->missed[static_cast<std::size_t>(MissCause::kXmitUnmatched)], 6u);
}

TEST(ProcText, what_a_newer_module_adds_is_skipped) {
  EXPECT_EQ(error_of(with("  version:", "  shiny: 7\n  version:")), "");
  EXPECT_EQ(error_of(with("hooks:\n", "drops:\n  reason=0x2 name=X packets=many\nhooks:\n")), "");
  EXPECT_EQ(error_of(with("  tcp_v4_rcv ",
                          "  new_hook attached=perhaps\n    ipv4/tcp what\n  tcp_v4_rcv ")),
            "");
  EXPECT_EQ(error_of(with("    arp/other", "    ipv4/quic packets=some\n    arp/other")), "");
  EXPECT_EQ(error_of(with(" bytes=4000", " bytes=4000 frames=9")), "");
  EXPECT_EQ(error_of(with("  dropped: 0", "  dropped: 0\n  vanished: x")), "");
}

TEST(ProcText, malformed_lines_are_named) {
  EXPECT_THAT(error_of(with("activated: y", "activated: yes")), HasSubstr("line 2"));
  EXPECT_THAT(error_of(with("packets=3", "packets=-3")), HasSubstr("line 7"));
  EXPECT_THAT(error_of(with("packets=3", "packets=3x")), HasSubstr("line 7"));
  EXPECT_THAT(error_of(with("packets=3 ", "")), HasSubstr("line 7"));
  EXPECT_THAT(error_of(with("18446744073709551615", "18446744073709551616")), HasSubstr("line 8"));
  EXPECT_THAT(error_of(with("attached=y mechanism", "attached=1 mechanism")), HasSubstr("line 6"));
  EXPECT_THAT(error_of(with(" exact=y", "")), HasSubstr("line 6"));
  EXPECT_THAT(error_of(with("kprobe: 5", "kprobe: ")), HasSubstr("line 15"));
}

TEST(ProcText, another_abi_is_refused) {
  EXPECT_THAT(error_of(with("abi: 1", "abi: 2")), HasSubstr("ABI 2"));
  EXPECT_THAT(error_of(with("  abi: 1\n", "")), HasSubstr("ABI 0"));
}

TEST(ProcText, no_cut_of_the_text_is_taken_for_all_of_it) {
  const std::string text(kText);
  for (std::size_t size = 0; size < text.size(); size++)
    if (size == 0 || text[size - 1] != '\n') {
      EXPECT_NE(error_of(text.substr(0, size)), "") << size;
    }
}

class KmodSource : public testing::Test {
 protected:
  KmodSource() {
    std::string name = (std::filesystem::temp_directory_path() / "packetdrop-XXXXXX").string();
    root_ = mkdtemp(name.data());
    std::filesystem::create_directories(root_ / "mooc/net");
    source_ = make_kmod_source({.procfs = root_.string()});
  }
  ~KmodSource() override { std::filesystem::remove_all(root_); }

  void write(std::string_view text) { std::ofstream(file()) << text; }
  std::filesystem::path file() const { return root_ / "mooc/net/drop-packet"; }

  std::filesystem::path root_;
  std::unique_ptr<Source> source_;
};

TEST_F(KmodSource, reads_the_file_anew_each_time) {
  write(kText);
  EXPECT_TRUE(source_->read()->active);
  write(with("activated: y", "activated: N"));
  EXPECT_FALSE(source_->read()->active);
}

TEST_F(KmodSource, module_that_is_not_loaded_is_absent_and_says_how_to_load_it) {
  const auto snapshot = source_->read();
  ASSERT_FALSE(snapshot);
  EXPECT_EQ(snapshot.error().code, ENOENT);
  EXPECT_THAT(snapshot.error().message, HasSubstr("modprobe drop_packet"));
  EXPECT_THAT(source_->activate().error().message, HasSubstr("modprobe drop_packet"));
}

TEST_F(KmodSource, malformed_file_is_an_error_but_not_an_absence) {
  write("settings:\n  activated: maybe\n");
  const auto snapshot = source_->read();
  ASSERT_FALSE(snapshot);
  EXPECT_NE(snapshot.error().code, ENOENT);
  EXPECT_THAT(snapshot.error().message, HasSubstr("drop-packet: line 2"));
}

TEST_F(KmodSource, an_error_that_stays_is_logged_once) {
  std::ostringstream lines;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(std::make_shared<spdlog::logger>(
      "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines)));
  const auto count = [&] { return std::ranges::count(lines.str(), '\n'); };
  write("nonsense\n");
  for (int i = 0; i < 5; i++) EXPECT_FALSE(source_->read());
  EXPECT_EQ(count(), 1);
  write(kText);
  EXPECT_TRUE(source_->read());
  write("nonsense\n");
  EXPECT_FALSE(source_->read());
  EXPECT_EQ(count(), 2);
  spdlog::set_default_logger(before);
}

TEST_F(KmodSource, switches_by_writing_the_two_words) {
  write(kText);
  EXPECT_TRUE(source_->activate());
  std::string word;
  std::ifstream(file()) >> word;
  EXPECT_EQ(word.substr(0, 8), "activate");
}

}  // namespace
}  // namespace packetdrop
