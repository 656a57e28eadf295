// SPDX-License-Identifier: Apache-2.0
// A kernel that ships no BTF, with a file of it and without. Runs in a guest only, where the
// kernel's own is hidden and $PACKETDROP_FLAGS names the file.
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <thread>

#include "lab/exporter.h"
#include "lab/sender.h"
#include "support/http_client.h"

namespace packetdrop {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t kCount = 100;
constexpr std::uint64_t kPayload = 100;
constexpr std::uint64_t kFrame = 14 + 40 + 8 + kPayload;

class HiddenBtf : public testing::Test {
 protected:
  void SetUp() override {
    libbpf_set_print(nullptr);
    const btf* own = btf__load_vmlinux_btf();
    ASSERT_EQ(own, nullptr) << "the kernel's own BTF is not hidden";
  }

  void start(const std::vector<std::string>& flags) {
    auto exporter = lab::Exporter::start(flags);
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
  }

  lab::Scrape scrape() {
    auto scrape = exporter_->scrape();
    EXPECT_TRUE(scrape) << scrape.error().message;
    return scrape ? *std::move(scrape) : lab::Scrape();
  }

  HttpResponse request(const char* method, const char* target) {
    auto response = http_request(exporter_->ipv4(), method, target);
    EXPECT_TRUE(response) << response.error().message;
    return response ? *std::move(response) : HttpResponse();
  }

  std::string status() {
    const auto status = exporter_->status();
    EXPECT_TRUE(status) << status.error().message;
    return status ? *status : "";
  }

  // The labels by which packetdrop_hook_info tells how that hook is attached.
  lab::Labels how(pd_hook hook) {
    const lab::Scrape now = scrape();
    for (const lab::Series& series : now.series())
      if (series.name == "packetdrop_hook_info" && series.labels.at("hook") == hooks()[hook].label)
        return series.labels;
    return {};
  }

  void expect_attached(pd_hook hook, const std::string& mechanism, bool exact = true) {
    const lab::Labels labels = how(hook);
    ASSERT_FALSE(labels.empty()) << hooks()[hook].label << " is not attached: " << status();
    EXPECT_EQ(labels.at("mechanism"), mechanism) << hooks()[hook].label;
    EXPECT_EQ(labels.at("exact"), exact ? "true" : "false") << hooks()[hook].label;
  }

  // Datagrams over loopback: every hook on their way counts each of them once.
  void expect_exact_counts(const std::string& source) {
    auto ns = lab::NetNs::create();
    ASSERT_TRUE(ns) << ns.error().message;
    ASSERT_TRUE(ns->ip("link set lo up"));
    const auto sink = lab::open_sink(*ns);
    ASSERT_TRUE(sink) << sink.error().message;

    // Over IPv4, whose packets have keys of their own.
    const auto before = exporter_->scrape(false);
    const auto sent = lab::send_datagrams(*ns, "::1", kPayload, kCount);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto after = exporter_->scrape(false);
    ASSERT_TRUE(before && sent && after);
    for (const pd_hook hook : {PD_HOOK_DEV_QUEUE_XMIT, PD_HOOK_NET_DEV_XMIT, PD_HOOK_ETH_TYPE_TRANS,
                               PD_HOOK_NETIF_RECEIVE_SKB_CORE}) {
      SCOPED_TRACE(hooks()[hook].label);
      const Counters then = before->counters(hooks()[hook], PD_KEY_IPV6_UDP, source);
      const Counters now = after->counters(hooks()[hook], PD_KEY_IPV6_UDP, source);
      const std::uint64_t frame = hook == PD_HOOK_NETIF_RECEIVE_SKB_CORE ? kFrame - 14 : kFrame;
      EXPECT_EQ(now.packets - then.packets, kCount);
      EXPECT_EQ(now.segments - then.segments, kCount);
      EXPECT_EQ(now.bytes - then.bytes, kCount * frame);
    }
  }

  std::optional<lab::Exporter> exporter_;
};

TEST_F(HiddenBtf, file_makes_all_hooks_count_by_raw_tracepoints_and_kprobes) {
  start({"--source=bpf"});
  expect_attached(PD_HOOK_DEV_QUEUE_XMIT, "kprobe");
  expect_attached(PD_HOOK_NET_DEV_XMIT, "raw_tp");
  expect_attached(PD_HOOK_ETH_TYPE_TRANS, "kprobe");
  expect_attached(PD_HOOK_NAPI_GRO_RECEIVE, "raw_tp");
  expect_attached(PD_HOOK_NETIF_RECEIVE_SKB_CORE, "raw_tp");
  expect_attached(PD_HOOK_TCP_V4_RCV, "kprobe");
  expect_exact_counts("bpf");
}

TEST_F(HiddenBtf, file_makes_kprobes_alone_count) {
  start({"--source=bpf", "--bpf.attach=kprobe"});
  for (const ProbeInfo& hook : hooks())
    expect_attached(hook.hook(), hook.kind != PD_KIND_FUNCTION ? "raw_tp" : "kprobe");
  expect_exact_counts("bpf");
}

TEST_F(HiddenBtf, file_makes_tracepoints_alone_count) {
  start({"--source=bpf", "--bpf.attach=tracepoint"});
  expect_attached(PD_HOOK_DEV_QUEUE_XMIT, "raw_tp", false);
  expect_attached(PD_HOOK_NET_DEV_XMIT, "raw_tp");
  expect_attached(PD_HOOK_NAPI_GRO_RECEIVE, "raw_tp");
  expect_attached(PD_HOOK_NETIF_RECEIVE_SKB_CORE, "raw_tp");
  EXPECT_TRUE(how(PD_HOOK_ETH_TYPE_TRANS).empty());
  EXPECT_TRUE(how(PD_HOOK_TCP_V4_RCV).empty());
}

TEST_F(HiddenBtf, fentry_is_refused_for_want_of_the_kernels_own) {
  start({"--source=bpf", "--bpf.attach=fentry"});
  expect_attached(PD_HOOK_NET_DEV_XMIT, "raw_tp");
  for (const ProbeInfo& hook : hooks())
    if (hook.kind == PD_KIND_FUNCTION) {
      EXPECT_TRUE(how(hook.hook()).empty()) << hook.label;
    }
  EXPECT_THAT(status(), HasSubstr("no BTF in this kernel (CONFIG_DEBUG_INFO_BTF)"));
}

TEST_F(HiddenBtf, preflight_says_that_the_file_is_used) {
  start({"--source=bpf"});
  EXPECT_EQ(request("GET", "/-/ready").status, 200);
  EXPECT_EQ(scrape().sum("packetdrop_preflight_ok", {{"check", "btf"}}), 1);
  EXPECT_THAT(status(), HasSubstr("the kernel ships no BTF; a file was given"));
}

class HiddenBtfWithoutFile : public HiddenBtf {
 protected:
  void SetUp() override {
    HiddenBtf::SetUp();
    const char* flags = std::getenv("PACKETDROP_FLAGS");
    ASSERT_NE(flags, nullptr);
    flags_ = flags;
    unsetenv("PACKETDROP_FLAGS");
  }
  void TearDown() override { setenv("PACKETDROP_FLAGS", flags_.c_str(), 1); }

 private:
  std::string flags_;
};

TEST_F(HiddenBtfWithoutFile, bpf_alone_is_not_ready_and_asks_for_the_file) {
  start({"--source=bpf"});
  const HttpResponse ready = request("GET", "/-/ready");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("bpf: no BTF in this kernel: give it with --bpf.btf=FILE"));
  const HttpResponse activated = request("POST", "/activate");
  EXPECT_EQ(activated.status, 503);
  EXPECT_THAT(activated.body, HasSubstr("--bpf.btf=FILE"));
  EXPECT_THAT(status(), HasSubstr("\"error\":\"no BTF in this kernel: give it with"));
  EXPECT_THAT(exporter_->log(),
              AllOf(HasSubstr("not counting by bpf"), HasSubstr("--bpf.btf=FILE")));
  EXPECT_EQ(scrape().sum("packetdrop_preflight_ok", {{"check", "btf"}}), 0);
  EXPECT_EQ(scrape().sum("packetdrop_active", {{"source", "bpf"}}), 0);
  EXPECT_EQ(request("GET", "/-/healthy").status, 200);
}

TEST_F(HiddenBtfWithoutFile, module_counts_all_the_same_and_bpf_says_why_it_does_not) {
  start({});
  EXPECT_EQ(request("GET", "/-/ready").status, 200);
  EXPECT_EQ(scrape().sum("packetdrop_active", {{"source", "kmod"}}), 1);
  EXPECT_EQ(scrape().sum("packetdrop_active", {{"source", "bpf"}}), 0);
  EXPECT_THAT(exporter_->log(),
              AllOf(HasSubstr("\"counting by kmod"), HasSubstr("not counting by bpf"),
                    HasSubstr("--bpf.btf=FILE"), Not(HasSubstr("\"counting by bpf"))));
  expect_attached(PD_HOOK_NET_DEV_XMIT, "tracepoint");
  expect_attached(PD_HOOK_TCP_V4_RCV, "kprobe");
  expect_exact_counts("kmod");
}

TEST_F(HiddenBtfWithoutFile, file_that_is_no_btf_is_named) {
  start({"--source=bpf", "--bpf.btf=/proc/version"});
  const HttpResponse ready = request("GET", "/-/ready");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("/proc/version cannot be read as BTF"));
}

}  // namespace
}  // namespace packetdrop
