// SPDX-License-Identifier: Apache-2.0
// What every case does before and after: the module is loaded, and the kernel log stays clean.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "vm/hard_use/kernel_log.h"
#include "vm/hard_use/module.h"

namespace packetdrop::hard_use {

class HardUse : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  // A complaint of the kernel about itself that the case provokes, and that is not the module's.
  virtual bool is_expected(const std::string&) const { return false; }

  bool is_active() const;
  void expect_all_attached() const;

  // The case leaves a module behind that cannot be unloaded any more.
  bool stays_loaded_ = false;

 private:
  KernelLog log_;
};

// $NAME, or `otherwise`.
int count_from_environment(const char* name, int otherwise);

// Polls until `holds` does, for `limit` at the most.
bool eventually(const std::function<bool()>& holds,
                std::chrono::seconds limit = std::chrono::seconds(10));

int write_to(const std::string& path, std::string_view text);

}  // namespace packetdrop::hard_use
