// SPDX-License-Identifier: Apache-2.0
// A real server on a free port, over one fake source.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "api/service.h"
#include "support/fake_source.h"
#include "support/http_client.h"

namespace packetdrop {

class HttpFixture : public testing::Test {
 protected:
  void SetUp() override { start({.listen_addresses = {"127.0.0.1:0"}}); }
  void TearDown() override { server.reset(); }

  void start(ServerOptions options) {
    server.reset();
    options.control_uids.push_back(::geteuid());  // whoever runs the tests
    std::vector<std::unique_ptr<Source>> sources;
    sources.push_back(std::make_unique<FakeSource>("bpf"));
    bpf = static_cast<FakeSource*>(sources[0].get());
    controller = std::make_unique<Controller>(std::move(sources));
    auto started = Service::start(std::move(options), *controller, preflight);
    ASSERT_TRUE(started) << started.error().message;
    server = *std::move(started);
  }

  std::string address(std::size_t i = 0) const { return server->addresses().at(i); }

  // `own` is the address of loopback that the client has, where it matters.
  HttpClient connect(std::chrono::milliseconds timeout = HttpClient::kTimeout,
                     const std::string& own = {}) const {
    auto client = HttpClient::connect(address(), timeout, own);
    if (!client) ADD_FAILURE() << client.error().message;
    return *std::move(client);
  }
  HttpClient connect_from(const std::string& own) const {
    return connect(HttpClient::kTimeout, own);
  }

  // Status 0 where there was no response.
  HttpResponse call(std::string_view method, std::string_view target,
                    const HttpHeaders& headers = {}, std::string_view body = {}) const {
    auto response = http_request(address(), method, target, headers, body);
    if (response) return *std::move(response);
    ADD_FAILURE() << method << " " << target << ": " << response.error().message;
    return {};
  }

  static nlohmann::json data_of(const HttpResponse& response) {
    const auto json = nlohmann::json::parse(response.body, nullptr, false);
    EXPECT_EQ(json.value("status", ""), "success") << response.body;
    return json.value("data", nlohmann::json());
  }

  // The error text, once the shape is the one that every error has.
  static std::string error_of(const HttpResponse& response, int status) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.header("Content-Type"), "application/json");
    const auto json = nlohmann::json::parse(response.body, nullptr, false);
    EXPECT_EQ(json.size(), 3u) << response.body;
    EXPECT_EQ(json.value("status", ""), "error") << response.body;
    EXPECT_NE(json.value("errorType", ""), "") << response.body;
    return json.value("error", "");
  }

  std::vector<Finding> preflight = {
      {.check = "btf", .ok = true, .detail = "/sys/kernel/btf/vmlinux", .remedy = ""},
      {.check = "caps", .ok = false, .detail = "CAP_BPF is missing", .remedy = "run <as> root"},
      {.check = "lockdown", .ok = std::nullopt, .detail = "not readable", .remedy = ""}};
  FakeSource* bpf = nullptr;
  std::unique_ptr<Controller> controller;
  std::unique_ptr<Service> server;
};

}  // namespace packetdrop
