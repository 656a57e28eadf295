// SPDX-License-Identifier: Apache-2.0
// A kernel whose own BTF lacks a type, and which has BTF of modules: to look for the type there
// takes CAP_SYS_ADMIN, which the exporter is not to need. This kernel's BTF is edited, and mounted
// over the real one in a mount namespace of these tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>

#include <cstdlib>
#include <fstream>
#include <optional>

#include "base/file.h"
#include "lab/exporter.h"
#include "lab/sender.h"

namespace packetdrop {
namespace {

using testing::HasSubstr;

constexpr const char* kKernelsOwn = "/sys/kernel/btf/vmlinux";
constexpr int kCount = 100;

class LackingBtf : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto ns = lab::NetNs::create();
    ASSERT_TRUE(ns) << ns.error().message;
    ASSERT_TRUE(ns->ip("link set lo up"));
    net_.emplace(*std::move(ns));
    auto own = read_file(kKernelsOwn, 64 << 20);
    ASSERT_TRUE(own) << own.error().message;
    btf_ = *std::move(own);
    ASSERT_EQ(unshare(CLONE_NEWNS), 0);
    ASSERT_EQ(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    leave_three_capabilities();
  }
  static void TearDownTestSuite() { net_.reset(); }

  void TearDown() override {
    exporter_.reset();
    while (hidden_-- > 0) umount(kKernelsOwn);
  }

  // Whatever is started from now on has exactly those that README asks for.
  static void leave_three_capabilities() {
    for (unsigned long capability = 0; capability <= 63; capability++)
      if (capability != CAP_BPF && capability != CAP_PERFMON && capability != CAP_SYSLOG)
        prctl(PR_CAPBSET_DROP, capability);
  }

  // Gives the type another name.
  void hide(const std::string& type) {
    std::string edited = btf_;
    const std::string name = '\0' + type + '\0';
    const std::size_t at = edited.find(name);
    ASSERT_NE(at, std::string::npos) << "this kernel has no " << type;
    edited[at + type.size()]++;
    const lab::TemporaryFile file;
    std::ofstream(file.path()) << edited;
    ASSERT_EQ(mount(file.path().c_str(), kKernelsOwn, nullptr, MS_BIND, nullptr), 0);
    hidden_++;
  }

  void start() {
    auto exporter = lab::Exporter::start({"--source=bpf"});
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
  }

  double sum(const std::string& name, const lab::Labels& labels = {}) const {
    const auto scrape = exporter_->scrape();
    EXPECT_TRUE(scrape) << scrape.error().message;
    return scrape ? scrape->sum(name, labels) : 0;
  }

  static inline std::optional<lab::NetNs> net_;
  static inline std::string btf_;
  std::optional<lab::Exporter> exporter_;
  int hidden_ = 0;
};

TEST_F(LackingBtf, kernel_without_drop_reasons_counts_drops_with_three_capabilities) {
  hide("skb_drop_reason");
  start();
  const auto status = exporter_->status();
  EXPECT_EQ(sum("packetdrop_drops_attached"), 1) << (status ? *status : "");
  const lab::Labels labels = {{"reason", "NOT_SPECIFIED"}, {"family", "ipv6"}, {"protocol", "udp"}};
  const double before = sum("packetdrop_drops_total", labels);
  ASSERT_TRUE(lab::drop_datagrams(*net_, "::1", kCount));
  EXPECT_EQ(sum("packetdrop_drops_total", labels) - before, kCount);
}

TEST_F(LackingBtf, refusal_names_it_and_not_lockdown) {
  hide("sk_buff");
  start();
  EXPECT_EQ(sum("packetdrop_drops_attached"), 0);
  const auto status = exporter_->status();
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_THAT(*status, HasSubstr("\"drops\":{\"attached\":false,\"refusals\":[{\"cause\":\"the "
                                 "kernel's BTF lacks a type that the program reads"));
}

}  // namespace
}  // namespace packetdrop
