// SPDX-License-Identifier: Apache-2.0
// A program that only returns, where a real one would be.
#include "bench/empty_program.h"

#include <bpf/libbpf.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/file.h"

namespace packetdrop::bench {
namespace {

bpf_attach_type attach_type(Mechanism mechanism) {
  return mechanism == Mechanism::kFentry ? BPF_TRACE_FENTRY : BPF_TRACE_RAW_TP;
}

// As libbpf does it: a kprobe of perf's, for every process, on the CPU that perf wants named.
Result<UniqueFd> attach_kprobe(int program, const std::string& function) {
  const auto type = read_file("/sys/bus/event_source/devices/kprobe/type");
  if (!type) return type.error();
  perf_event_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.type = static_cast<__u32>(std::strtoul(type->c_str(), nullptr, 10));
  attributes.kprobe_func = reinterpret_cast<std::uintptr_t>(function.c_str());
  UniqueFd event(
      static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC)));
  if (!event || ioctl(event.get(), PERF_EVENT_IOC_SET_BPF, program) != 0 ||
      ioctl(event.get(), PERF_EVENT_IOC_ENABLE, 0) != 0)
    return system_error("an empty kprobe on " + function, errno);
  return event;
}

}  // namespace

Result<EmptyProgram> EmptyProgram::load(const Step& step, Mechanism mechanism) {
  const bpf_insn instructions[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  bpf_prog_type type = BPF_PROG_TYPE_KPROBE;
  if (mechanism != Mechanism::kKprobe) {
    type = BPF_PROG_TYPE_TRACING;
    options.expected_attach_type = attach_type(mechanism);
    const int id = libbpf_find_vmlinux_btf_id(step.target.c_str(), options.expected_attach_type);
    if (id < 0) return system_error(step.target, -id);
    options.attach_btf_id = static_cast<__u32>(id);
  }
  UniqueFd program(
      bpf_prog_load(type, "pd_empty", "GPL", instructions, std::size(instructions), &options));
  if (!program) return system_error(std::string(to_string(mechanism)) + ":" + step.target, errno);
  return EmptyProgram(std::move(program), mechanism, step.target);
}

Result<UniqueFd> EmptyProgram::attach() const {
  if (mechanism_ == Mechanism::kKprobe) return attach_kprobe(fd(), target_);
  UniqueFd link(bpf_link_create(fd(), 0, attach_type(mechanism_), nullptr));
  if (!link) return system_error("attaching an empty program", errno);
  return link;
}

Result<std::vector<EmptyProgram>> load_empty(const Candidate& candidate) {
  std::vector<EmptyProgram> programs;
  for (const Step& step : candidate.steps) {
    auto program = EmptyProgram::load(step, candidate.mechanism);
    if (!program) return program.error();
    programs.push_back(*std::move(program));
  }
  return programs;
}

}  // namespace packetdrop::bench
