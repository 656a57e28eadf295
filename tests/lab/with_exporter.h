// SPDX-License-Identifier: Apache-2.0
// One exporter for all cases of a suite, counting by the source that is under test.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "lab/exporter.h"

namespace packetdrop::lab {

// $PACKETDROP_SOURCE: bpf, where it says nothing.
inline std::string tested_source() {
  const char* name = std::getenv("PACKETDROP_SOURCE");
  return name ? name : "bpf";
}

// Each of them, where $PACKETDROP_SOURCE says all.
inline std::vector<std::string> tested_sources() {
  if (tested_source() == "all") return {"bpf", "kmod"};
  return {tested_source()};
}

// $PACKETDROP_QUIET: nothing else happens on this machine, it is a guest of the tests.
inline bool is_quiet() {
  const char* quiet = std::getenv("PACKETDROP_QUIET");
  return quiet && *quiet;
}

// A fixture's base: testing::Test, or one with a parameter.
template <typename Test>
class WithExporter : public Test {
 protected:
  static void SetUpTestSuite() {
    auto exporter = Exporter::start({"--source=" + tested_source()});
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
  }
  static void TearDownTestSuite() { exporter_.reset(); }

  static inline std::optional<Exporter> exporter_;
};

}  // namespace packetdrop::lab
