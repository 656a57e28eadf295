// SPDX-License-Identifier: Apache-2.0
// Loads the naming program, and runs it for one address at a time.
#include "sources/bpf/kernel_namer.h"

#include <bpf/bpf.h>
#include <bpf/name_function.skel.h>

#include <cerrno>
#include <string_view>

#include "host/kallsyms.h"

namespace packetdrop {

Result<KernelNamer> KernelNamer::load() {
  std::size_t size = 0;
  const void* elf = name_function__elf_bytes(&size);
  LIBBPF_OPTS(bpf_object_open_opts, open);
  open.object_name = "packetdrop_name";
  ObjectPtr object(bpf_object__open_mem(elf, size, &open));
  if (!object) return system_error("the naming program cannot be opened", errno);

  auto text = MappedArray<Text>::create("pd_name", 1);
  if (!text) return std::move(text).error();
  bpf_map* map = bpf_object__find_map_by_name(object.get(), "pd_name");
  const bpf_program* program = bpf_object__find_program_by_name(object.get(), "name_function");
  if (!map || !program) return system_error("the naming program", ENOENT);
  if (const int error = bpf_map__reuse_fd(map, text->fd()))
    return system_error("the naming program's map", -error);
  if (const int error = bpf_object__load(object.get()))
    return system_error("the naming program cannot be loaded", -error);
  const int fd = bpf_program__fd(program);
  return KernelNamer(std::move(object), *std::move(text), fd);
}

std::optional<FunctionName> KernelNamer::name(std::uint64_t address) const {
  LIBBPF_OPTS(bpf_test_run_opts, run);
  run.ctx_in = &address;
  run.ctx_size_in = sizeof(address);
  if (bpf_prog_test_run_opts(program_, &run) != 0) return std::nullopt;

  const Text& answer = text_.elements()[0];
  const auto length = static_cast<std::int32_t>(run.retval);
  if (length <= 1 || static_cast<std::size_t>(length) > sizeof(answer.text)) return std::nullopt;
  const std::string_view symbol(answer.text, static_cast<std::size_t>(length) - 1);
  if (is_mapping_symbol(symbol)) return std::nullopt;
  return parse_symbol(symbol);
}

}  // namespace packetdrop
