// SPDX-License-Identifier: Apache-2.0
// What all suites before it have leaked, as kmemleak sees it.
#include <chrono>
#include <sstream>
#include <thread>
#include <vector>

#include "base/file.h"
#include "vm/hard_use/fixture.h"

namespace packetdrop::hard_use {
namespace {

constexpr const char* kMemLeak = "/sys/kernel/debug/kmemleak";

// What kmemleak reports, one object a string.
std::vector<std::string> leaks() {
  std::vector<std::string> objects;
  const auto text = read_file(kMemLeak, 1 << 20);
  EXPECT_TRUE(text) << text.error().message;
  std::istringstream lines(text ? *text : "");
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("unreferenced object")) objects.emplace_back();
    if (!objects.empty()) objects.back() += line + "\n";
  }
  return objects;
}

class Leaks : public HardUse {};

TEST_F(Leaks, nothing_was_leaked_by_anything_before) {
  ASSERT_EQ(control("activate"), 0);
  // Objects younger than five seconds are not reported yet.
  for (int i = 0; i < 2; i++) {
    std::this_thread::sleep_for(std::chrono::seconds(6));
    ASSERT_EQ(write_to(kMemLeak, "scan"), 0);
  }
  for (const std::string& object : leaks()) ADD_FAILURE() << object;
}

}  // namespace
}  // namespace packetdrop::hard_use
