// SPDX-License-Identifier: Apache-2.0
// How much memory the kernel has taken for itself.
#include "vm/hard_use/memory.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <string>

#include "base/file.h"
#include "vm/hard_use/fixture.h"

namespace packetdrop::hard_use {
namespace {

// KiB of that line of /proc/meminfo.
long line(const std::string& meminfo, const std::string& name) {
  const std::size_t at = meminfo.find("\n" + name + ":");
  EXPECT_NE(at, std::string::npos) << name;
  return at == std::string::npos ? 0 : std::atol(meminfo.c_str() + at + name.size() + 2);
}

// KASAN keeps what was freed for a while, and kmemleak finds what is lost.
bool slab_can_be_told() { return !std::filesystem::exists("/sys/kernel/debug/kmemleak"); }

bool is_flat(const KernelMemory& before, const KernelMemory& after, long slab_allowance) {
  return (!slab_can_be_told() || after.slab - before.slab < slab_allowance) &&
         after.vmalloc - before.vmalloc < 100 && after.percpu - before.percpu < 100;
}

}  // namespace

KernelMemory memory_now() {
  const auto text = read_file("/proc/meminfo");
  EXPECT_TRUE(text) << text.error().message;
  const std::string meminfo = text ? *text : "";
  return {.slab = line(meminfo, "SUnreclaim"),
          .vmalloc = line(meminfo, "VmallocUsed"),
          .percpu = line(meminfo, "Percpu")};
}

KernelMemory expect_flat_since(const KernelMemory& before, long slab_allowance) {
  KernelMemory now;
  // A kernel may put off for ten seconds what waits for a grace period (CONFIG_RCU_LAZY).
  const auto is_back = [&] { return is_flat(before, now = memory_now(), slab_allowance); };
  EXPECT_TRUE(eventually(is_back, std::chrono::seconds(20))) << before << " became " << now;
  return now;
}

std::ostream& operator<<(std::ostream& out, const KernelMemory& memory) {
  return out << "slab " << memory.slab << " KiB, vmalloc " << memory.vmalloc << " KiB, per-CPU "
             << memory.percpu << " KiB";
}

}  // namespace packetdrop::hard_use
