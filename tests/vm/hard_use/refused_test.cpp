// SPDX-License-Identifier: Apache-2.0
// A kernel that takes signed modules only, and the error that a user sees. There is no way back
// from that, so this comes last of all.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "lab/exporter.h"
#include "support/http_client.h"
#include "vm/hard_use/fixture.h"

namespace packetdrop::hard_use {
namespace {

using testing::HasSubstr;

class Refused : public testing::Test {
 protected:
  void SetUp() override {
    if (is_loaded()) {
      ASSERT_EQ(unload(), 0);
    }
  }

  // The exporter serves without the module, and both its errors and its preflight tell why.
  static void expect_told(const std::string& detail) {
    auto exporter = lab::Exporter::start({"--source=kmod"});
    ASSERT_TRUE(exporter) << exporter.error().message;
    const auto refusal = http_request(exporter->ipv4(), "POST", "/activate?source=kmod");
    ASSERT_TRUE(refusal) << refusal.error().message;
    EXPECT_EQ(refusal->status, 409);
    EXPECT_THAT(refusal->body, HasSubstr("modprobe drop_packet"));

    const auto status = exporter->status();
    ASSERT_TRUE(status) << status.error().message;
    const auto preflight = nlohmann::json::parse(*status)["data"]["preflight"];
    for (const auto& check : preflight) {
      if (check["check"] != "modules") continue;
      EXPECT_EQ(check["ok"], false);
      EXPECT_EQ(check["detail"], detail);
      EXPECT_THAT(check["remedy"].get<std::string>(), HasSubstr("signed"));
      return;
    }
    ADD_FAILURE() << "no check of modules: " << *status;
  }
};

TEST_F(Refused, under_lockdown_an_unsigned_module_is_refused_and_the_exporter_says_so) {
  ASSERT_EQ(write_to("/sys/kernel/security/lockdown", "integrity"), 0);
  EXPECT_EQ(load(module_file()), EPERM);
  EXPECT_FALSE(is_loaded());
  expect_told("lockdown=integrity");
}

TEST_F(Refused, where_signatures_are_enforced_the_key_is_rejected_and_the_exporter_says_so) {
  ASSERT_EQ(write_to("/sys/module/module/parameters/sig_enforce", "Y"), 0);
  EXPECT_EQ(load(module_file()), EKEYREJECTED);
  EXPECT_FALSE(is_loaded());
  expect_told("sig_enforce=Y");
}

}  // namespace
}  // namespace packetdrop::hard_use
