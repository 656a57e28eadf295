// SPDX-License-Identifier: Apache-2.0
// Asks the running kernel for the names of its functions, by a BPF program that nothing calls.
#pragma once

#include <bpf/libbpf.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "base/free_by.h"
#include "base/result.h"
#include "host/names/function_names.h"
#include "sources/bpf/mapped_array.h"

namespace packetdrop {

// One question at a time. The program goes with this object.
class KernelNamer {
 public:
  // An error where the kernel has no bpf_snprintf(), which came with 5.13.
  static Result<KernelNamer> load();

  // About 3 microseconds. An empty name where the address lies in no function that is still there;
  // nothing where the kernel gives no answer. It answers whatever kptr_restrict says, and without
  // CAP_SYSLOG: these keep addresses from being seen, and this one is known.
  std::optional<FunctionName> name(std::uint64_t address) const;

 private:
  struct Text {
    char text[512];  // as PD_NAME_SIZE in bpf/name_function.bpf.c
  };
  using ObjectPtr = std::unique_ptr<bpf_object, FreeBy<bpf_object__close>>;
  KernelNamer(ObjectPtr object, MappedArray<Text> text, int program)
      : object_(std::move(object)), text_(std::move(text)), program_(program) {}

  ObjectPtr object_;
  MappedArray<Text> text_;
  int program_;
};

}  // namespace packetdrop
