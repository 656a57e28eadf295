// SPDX-License-Identifier: Apache-2.0
// Packets in the background, of which it is known how many there were.
#include "vm/hard_use/traffic.h"

#include <gtest/gtest.h>

#include <chrono>

#include "lab/sender.h"

namespace packetdrop::hard_use {
namespace {

constexpr int kBurst = 50;

}  // namespace

Traffic::Traffic() {
  auto created = lab::NetNs::create();
  EXPECT_TRUE(created) << created.error().message;
  if (!created) return;
  ns_.emplace(*std::move(created));
  const auto up = ns_->ip("link set lo up");
  EXPECT_TRUE(up) << up.error().message;
  auto sink = lab::open_sink(*ns_);
  EXPECT_TRUE(sink) << sink.error().message;
  if (sink) sink_ = *std::move(sink);
  thread_ = std::thread([this] {
    while (!stop_) {
      EXPECT_TRUE(lab::send_datagrams(*ns_, "::1", 64, kBurst));
      sent_ += kBurst;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  });
}

Traffic::~Traffic() { stop(); }

std::uint64_t Traffic::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
  return sent_;
}

}  // namespace packetdrop::hard_use
