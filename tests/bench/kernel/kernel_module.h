// SPDX-License-Identifier: Apache-2.0
// A kernel module of /opt, loaded as long as this object lives.
#pragma once

#include <string>

namespace packetdrop::bench {

class KernelModule {
 public:
  // What cannot be loaded ends the benchmark.
  KernelModule(std::string name, const std::string& parameters = "");
  ~KernelModule();
  KernelModule(const KernelModule&) = delete;
  KernelModule& operator=(const KernelModule&) = delete;

 private:
  std::string name_;
};

}  // namespace packetdrop::bench
