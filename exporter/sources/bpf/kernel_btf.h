// SPDX-License-Identifier: Apache-2.0
// What the kernel's BTF tells the loader. Looked up once and kept; the BTF itself is megabytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "host/names/reason_names.h"

namespace packetdrop {

struct KernelBtf {
  std::string file;  // read from there; empty: the kernel's own

  // BTF ids of the probe table's functions that this kernel has.
  std::map<std::string, std::uint32_t, std::less<>> functions;
  // The probe table's tracepoints that this kernel has.
  std::set<std::string, std::less<>> tracepoints;

  // kfunc bpf_rdonly_cast() (6.2, a35b9af4ec2c), and the types that it is used with.
  bool has_rdonly_cast = false;
  // See tells_reasons().
  bool drops_tell_reasons = false;
  ReasonNames reasons;  // see kernel_reasons()
  // Nested runs of one program are skipped and counted in bpf_prog_info.recursion_misses, instead
  // of run: for fentry since 5.12 (ca06f55b9002, 9ed9e9ba2337), for tp_btf and raw_tp since 6.2
  // (05b24ff9b2cf).
  bool fentry_skips_nested = false;
  bool tracepoint_skips_nested = false;
  // BPF kprobes are always skipped while another runs; the kernel counts it since 6.7
  // (dd8657894c11, and 3acf8ace6823 for the probe itself): offset of `missed` in bpf_link_info.
  std::optional<std::size_t> kprobe_missed_offset;

  bool is_kernels_own() const { return file.empty(); }
};

// From the running kernel, else from `file` if one is given.
Result<KernelBtf> load_kernel_btf(bool kernel_has_btf, const std::string& file);

}  // namespace packetdrop
