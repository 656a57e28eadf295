// SPDX-License-Identifier: Apache-2.0
// Bad clients and a poor host, against the whole program: each gets a clean answer, and it goes on
// counting and serving. What the server does with every single kind of them is in tests/unit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>

#include "lab/exporter.h"
#include "support/http_client.h"
#include "support/root.h"

namespace packetdrop {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr int kHalves = 20;

class BadInput : public testing::Test {
 protected:
  void SetUp() override { start({}); }

  void start(const std::vector<std::string>& flags) {
    exporter_.reset();
    auto exporter = lab::Exporter::start(flags);
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
  }

  HttpResponse call(std::string_view method, std::string_view target,
                    const HttpHeaders& headers = {}) {
    auto response = http_request(exporter_->ipv4(), method, target, headers);
    EXPECT_TRUE(response) << method << " " << target << ": " << response.error().message;
    return response ? *std::move(response) : HttpResponse();
  }

  void expect_error(const HttpResponse& response, int status, const std::string& says) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_THAT(response.body, HasSubstr(R"("status":"error")"));
    EXPECT_THAT(response.body, HasSubstr(says));
  }

  void expect_counting() {
    const auto scrape = exporter_->scrape();
    ASSERT_TRUE(scrape) << scrape.error().message;
    EXPECT_EQ(scrape->sum("packetdrop_active", {}), 1);
  }

  std::optional<lab::Exporter> exporter_;
};

TEST_F(BadInput, requests_that_never_end_hold_up_neither_the_next_client_nor_the_end) {
  std::vector<HttpClient> halves;
  for (int i = 0; i < kHalves; i++) {
    auto half = HttpClient::connect(exporter_->ipv4());
    ASSERT_TRUE(half) << half.error().message;
    ASSERT_TRUE(half->send(i % 2 == 0 ? "GET /metr" : "POST /deactivate HTTP/1.1\r\nHost: "));
    halves.push_back(*std::move(half));
  }
  const auto begin = steady_clock::now();
  expect_counting();
  EXPECT_LT(steady_clock::now() - begin, seconds(5));

  exporter_->process().signal(SIGTERM);
  const auto code = exporter_->process().wait(seconds(20));
  ASSERT_TRUE(code) << code.error().message;
  EXPECT_EQ(*code, 0);
}

TEST_F(BadInput, over_long_requests_are_told_the_limit) {
  const std::string huge(20'000, 'a');
  expect_error(call("GET", "/" + huge), 414, "8192 bytes");
  expect_error(call("GET", "/metrics", {{"X-Long", huge}}), 431, "8192 bytes");
  expect_counting();
}

TEST_F(BadInput, wrong_parameters_are_told_what_is_right_and_change_nothing) {
  expect_error(call("POST", "/activate?ttl=8d"), 400, "from 1s to 7d");
  expect_error(call("POST", "/activate?ttl=soon"), 400, "from 1s to 7d");
  expect_error(call("POST", "/deactivate?source=ebpf"), 400, "bpf, kmod or all");
  expect_error(call("POST", "/deactivate?when=now"), 400, "source");
  EXPECT_THAT(call("GET", "/api/v1/status").body, HasSubstr(R"("until":null)"));
  expect_counting();
}

TEST_F(BadInput, strangers_may_not_post) {
  for (const HttpHeaders& headers : {HttpHeaders{{"Host", "metrics.example"}},
                                     {{"Origin", "http://metrics.example"}},
                                     {{"X-Forwarded-For", "192.0.2.1"}}})
    expect_error(call("POST", "/deactivate", headers), 403, "POST");
  expect_counting();
}

TEST_F(BadInput, wrong_methods_are_told_the_right_ones_and_head_is_one) {
  const HttpResponse get = call("GET", "/deactivate");
  expect_error(get, 405, "POST");
  EXPECT_EQ(get.header("Allow"), "POST");
  const HttpResponse put = call("PUT", "/metrics");
  expect_error(put, 405, "GET, HEAD");
  EXPECT_EQ(put.header("Allow"), "GET, HEAD");
  const HttpResponse head = call("HEAD", "/metrics");
  EXPECT_EQ(head.status, 200);
  EXPECT_NE(head.header("Content-Length").value_or("0"), "0");
  expect_counting();
}

// A folder without a kernel's BTF in it stands for such a kernel.
TEST_F(BadInput, host_without_btf_is_served_is_not_ready_and_says_what_to_give) {
  const Root sysfs;
  start({"--path.sysfs=" + sysfs.path()});
  expect_error(call("GET", "/-/ready"), 503, "--bpf.btf=FILE");
  expect_error(call("POST", "/activate"), 503, "--bpf.btf=FILE");
  EXPECT_EQ(call("GET", "/-/healthy").status, 200);
  const auto scrape = exporter_->scrape();
  ASSERT_TRUE(scrape) << scrape.error().message;
  EXPECT_EQ(scrape->sum("packetdrop_active", {}), 0);
  EXPECT_EQ(scrape->sum("packetdrop_preflight_ok", {{"check", "btf"}}), 0);
  EXPECT_THAT(exporter_->log(), HasSubstr("--bpf.btf=FILE"));
}

}  // namespace
}  // namespace packetdrop
