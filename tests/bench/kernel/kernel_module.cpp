// SPDX-License-Identifier: Apache-2.0
// Loads and unloads a kernel module.
#include "bench/kernel/kernel_module.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/unique_fd.h"
#include "bench/report.h"

namespace packetdrop::bench {

KernelModule::KernelModule(std::string name, const std::string& parameters)
    : name_(std::move(name)) {
  const std::string path = "/opt/" + name_ + ".ko";
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || syscall(SYS_finit_module, file.get(), parameters.c_str(), 0) != 0)
    must(Result<void>(system_error(path + " " + parameters, errno)));
}

// One that stays would be in what is measured next.
KernelModule::~KernelModule() {
  if (syscall(SYS_delete_module, name_.c_str(), O_NONBLOCK) != 0)
    must(Result<void>(system_error("unloading " + name_, errno)));
}

}  // namespace packetdrop::bench
