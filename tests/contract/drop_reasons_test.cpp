// SPDX-License-Identifier: Apache-2.0
// The table of drop reasons knows every reason of the kernel that this runs on.
#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>

#include "host/btf_file.h"
#include "host/names/reason_names.h"
#include "model/drop_reason.h"

namespace packetdrop {
namespace {

const std::string kFolder = "/sys/kernel/btf/";

TEST(DropReasonsOfThisKernel, each_have_a_row) {
  const auto kernel = open_btf(kFolder + "vmlinux");
  ASSERT_TRUE(kernel) << kernel.error().message;
  if (!tells_reasons(kernel->get())) GTEST_SKIP() << "not applicable: this kernel tells no reasons";
  ReasonNames names;
  add_reason_names(kernel->get(), names);
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) {
    if (file.path().filename() == "vmlinux") continue;
    const auto module = open_btf(file.path(), kernel->get());
    ASSERT_TRUE(module) << module.error().message;
    add_reason_names(module->get(), names);
  }

  std::size_t known = 0;
  for (const auto& [number, name] : names) {
    EXPECT_NE(find_reason(name), nullptr)
        << name << " has no row in exporter/model/drop_reasons.def";
    known += find_reason(name) != nullptr;
  }
  std::cout << known << " of " << names.size() << " reasons of this kernel have a row\n";
  EXPECT_GT(names.size(), 60u) << "6.1 has 66";
}

}  // namespace
}  // namespace packetdrop
