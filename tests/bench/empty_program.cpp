// SPDX-License-Identifier: Apache-2.0
// A program that only returns, where a real one would be.
#include "bench/empty_program.h"

#include <bpf/libbpf.h>

#include <cerrno>

namespace packetdrop::bench {

Result<EmptyProgram> EmptyProgram::load(const Step& step, Mechanism mechanism) {
  const bpf_attach_type type =
      mechanism == Mechanism::kFentry ? BPF_TRACE_FENTRY : BPF_TRACE_RAW_TP;
  const int id = libbpf_find_vmlinux_btf_id(step.target.c_str(), type);
  if (id < 0) return system_error(step.target, -id);
  const bpf_insn instructions[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0},
      {.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0}};
  LIBBPF_OPTS(bpf_prog_load_opts, options);
  options.expected_attach_type = type;
  options.attach_btf_id = static_cast<__u32>(id);
  UniqueFd program(bpf_prog_load(BPF_PROG_TYPE_TRACING, "pd_empty", "GPL", instructions,
                                 std::size(instructions), &options));
  if (!program) return system_error(std::string(to_string(mechanism)) + ":" + step.target, errno);
  return EmptyProgram(std::move(program), type);
}

Result<UniqueFd> EmptyProgram::attach() const {
  UniqueFd link(bpf_link_create(fd(), 0, type_, nullptr));
  if (!link) return system_error("attaching an empty program", errno);
  return link;
}

Result<std::vector<EmptyProgram>> load_empty(const Candidate& candidate) {
  std::vector<EmptyProgram> programs;
  if (candidate.mechanism == Mechanism::kKprobe)
    return Error{.code = 0, .message = "kprobe:" + candidate.target + ": has no empty twin"};
  for (const Step& step : candidate.steps) {
    auto program = EmptyProgram::load(step, candidate.mechanism);
    if (!program) return program.error();
    programs.push_back(*std::move(program));
  }
  return programs;
}

}  // namespace packetdrop::bench
