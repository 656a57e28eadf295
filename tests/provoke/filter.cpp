// SPDX-License-Identifier: Apache-2.0
// The shortest programs that say no.
#include "provoke/filter.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <sys/socket.h>

#include <cerrno>
#include <vector>

namespace packetdrop::provoke {
namespace {

bpf_insn set(std::uint8_t reg, std::int32_t value) {
  return {
      .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = reg, .src_reg = 0, .off = 0, .imm = value};
}

bpf_insn call(std::int32_t helper) {
  return {.code = BPF_JMP | BPF_CALL, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = helper};
}

UniqueFd load(Host& host, std::uint32_t type, std::vector<bpf_insn> program) {
  program.push_back({.code = BPF_JMP | BPF_EXIT, .dst_reg = 0, .src_reg = 0, .off = 0, .imm = 0});
  UniqueFd fd(bpf_prog_load(static_cast<bpf_prog_type>(type), "verdict", "GPL", program.data(),
                            program.size(), nullptr));
  if (!fd) host.fail(system_error("a BPF program", errno));
  return fd;
}

}  // namespace

void refuse_everything(Host& host, const UniqueFd& socket) {
  sock_filter refuse = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program = {.len = 1, .filter = &refuse};
  host.check("SO_ATTACH_FILTER",
             setsockopt(socket.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)));
}

std::string classifier(const std::string& device, const std::string& hook, Verdict verdict) {
  return "tc qdisc add dev " + device + " clsact && tc filter add dev " + device + " " + hook +
         " bpf direct-action bytecode \"1,6 0 0 " + std::to_string(static_cast<int>(verdict)) +
         ",\"";
}

UniqueFd one_verdict(Host& host, std::uint32_t program_type, std::int32_t verdict) {
  return load(host, program_type, {set(BPF_REG_0, verdict)});
}

UniqueFd redirect(Host& host, std::uint32_t program_type, std::int32_t device) {
  return load(host, program_type,
              {set(BPF_REG_1, device), set(BPF_REG_2, 0), call(BPF_FUNC_redirect)});
}

}  // namespace packetdrop::provoke
