// SPDX-License-Identifier: Apache-2.0
// What every case does before and after: the module is loaded, and the kernel log stays clean.
#include "vm/hard_use/fixture.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdlib>
#include <thread>

#include "base/unique_fd.h"
#include "support/timeout.h"

namespace packetdrop::hard_use {

void HardUse::SetUp() {
  if (is_loaded()) {
    ASSERT_EQ(unload(), 0);
  }
  ASSERT_EQ(load(module_file()), 0);
}

void HardUse::TearDown() {
  if (is_loaded() && !stays_loaded_) {
    EXPECT_EQ(unload(), 0);
  }
  for (const std::string& line : complaints(log_.lines()))
    if (!is_expected(line)) ADD_FAILURE() << "kernel: " << line;
}

bool HardUse::is_active() const {
  const auto snapshot = read_snapshot();
  EXPECT_TRUE(snapshot) << snapshot.error().message;
  return snapshot && snapshot->active;
}

void HardUse::expect_all_attached() const {
  const auto snapshot = read_snapshot();
  ASSERT_TRUE(snapshot) << snapshot.error().message;
  EXPECT_TRUE(snapshot->active);
  for (std::size_t hook = 0; hook < kHookCount; hook++)
    EXPECT_TRUE(snapshot->probes[hook].attached) << hooks()[hook].label;
}

int count_from_environment(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

bool eventually(const std::function<bool()>& holds, std::chrono::seconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + scaled(limit);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return true;
}

int write_to(const std::string& path, std::string_view text) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd || write(fd.get(), text.data(), text.size()) < 0) return errno;
  return 0;
}

}  // namespace packetdrop::hard_use
