// SPDX-License-Identifier: Apache-2.0
// The module's file turns bad under the exporter: that source alone fails, and only as long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "lab/exporter.h"

namespace packetdrop {
namespace {

using testing::HasSubstr;

constexpr const char* kGood = R"(settings:
  activated: y
  abi: 1
hooks:
  tcp_v4_rcv attached=y mechanism=kprobe target=tcp_v4_rcv exact=y
    ipv4/tcp packets=3 segments=7 bytes=4000
)";

// A folder stands for /proc, a file in it for the module's.
class ModuleFile : public testing::Test {
 protected:
  ModuleFile() {
    std::string name = (std::filesystem::temp_directory_path() / "packetdrop-XXXXXX").string();
    procfs_ = mkdtemp(name.data());
    std::filesystem::create_directories(file().parent_path());
  }
  ~ModuleFile() override { std::filesystem::remove_all(procfs_); }

  std::filesystem::path file() const { return procfs_ / "mooc/net/drop-packet"; }
  void write(const std::string& text) const { std::ofstream(file()) << text; }

  void expect_scraped(bool good) const {
    const auto scrape = exporter_->scrape();
    ASSERT_TRUE(scrape) << scrape.error().message;
    EXPECT_EQ(scrape->sum("packetdrop_hook_packets_total", {{"source", "kmod"}}), good ? 3 : 0);
    EXPECT_EQ(scrape->sum("packetdrop_active", {{"source", "kmod"}}), good ? 1 : 0);
    EXPECT_EQ(scrape->sum("packetdrop_scrape_source_success", {{"source", "kmod"}}), good ? 1 : 0);
  }

  std::filesystem::path procfs_;
  std::optional<lab::Exporter> exporter_;
};

TEST_F(ModuleFile, that_turns_bad_fails_its_source_alone_until_it_is_good_again) {
  write(kGood);
  auto exporter =
      lab::Exporter::start({"--source=kmod", "--no-activate", "--path.procfs=" + procfs_.string()});
  ASSERT_TRUE(exporter) << exporter.error().message;
  exporter_.emplace(*std::move(exporter));
  expect_scraped(true);

  const std::string good = kGood;
  std::string other_abi = good;
  other_abi.replace(good.find("abi: 1"), 6, "abi: 9");
  const std::string bad[] = {other_abi, good.substr(0, good.size() / 2), "",
                             good + std::string(4 << 20, 'x'), std::string(4096, '\0')};
  for (const std::string& text : bad) {
    SCOPED_TRACE(testing::PrintToString(text.substr(0, 60)));
    write(text);
    expect_scraped(false);
    write(kGood);
    expect_scraped(true);
  }
  EXPECT_THAT(exporter_->log(), HasSubstr("ABI 9"));

  std::filesystem::remove(file());
  expect_scraped(false);
  EXPECT_TRUE(exporter_->status());
  std::filesystem::create_directory(file());
  expect_scraped(false);
  std::filesystem::remove(file());
  write(kGood);
  expect_scraped(true);
}

}  // namespace
}  // namespace packetdrop
