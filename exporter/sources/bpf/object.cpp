// SPDX-License-Identifier: Apache-2.0
// Opens, fits and loads the BPF object, and attaches its programs.
#include "sources/bpf/object.h"

#include <bpf/bpf.h>
#include <bpf/packetdrop_probe_read.skel.h>
#include <bpf/packetdrop_rdonly_cast.skel.h>
#include <sys/mman.h>

#include <atomic>
#include <cerrno>

#include "sources/bpf/libbpf_log.h"

namespace packetdrop {
namespace {

bpf_object* open_object(const ObjectOptions& options) {
  std::size_t size = 0;
  const void* elf = options.flavour == Flavour::kRdonlyCast
                        ? packetdrop_rdonly_cast__elf_bytes(&size)
                        : packetdrop_probe_read__elf_bytes(&size);
  LIBBPF_OPTS(bpf_object_open_opts, open);
  open.object_name = "packetdrop";
  if (!options.btf.empty()) open.btf_custom_path = options.btf.c_str();
  return bpf_object__open_mem(elf, size, &open);
}

// fentry and tp_btf learn their target before they are loaded, the others when they are attached.
int select(bpf_object* object, const Candidate& candidate) {
  for (const Step& step : candidate.steps) {
    bpf_program* program = bpf_object__find_program_by_name(object, step.program.c_str());
    if (!program) return -ENOENT;
    bpf_program__set_autoload(program, true);
    if (candidate.mechanism != Mechanism::kFentry && candidate.mechanism != Mechanism::kTpBtf)
      continue;
    const int error = bpf_program__set_attach_target(program, 0, step.target.c_str());
    if (error) return error;
  }
  return 0;
}

constexpr std::size_t kGateSize = sizeof(std::uint64_t);

int reuse(bpf_object* object, const char* name, int fd) {
  bpf_map* map = bpf_object__find_map_by_name(object, name);
  return map ? bpf_map__reuse_fd(map, fd) : -ENOENT;
}

int fit_maps(bpf_object* object, const ObjectOptions& options, const Maps& maps) {
  bpf_map* stacks = bpf_object__find_map_by_name(object, "pd_xmit_stacks");
  bpf_map* constants = bpf_object__find_map_by_name(object, ".rodata.kernel");
  if (!stacks || !constants) return -ENOENT;
  if (const int error = reuse(object, "pd_counters", maps.counters.fd())) return error;
  if (const int error = reuse(object, "pd_drops", maps.drops.tables_fd())) return error;
  if (const int error = reuse(object, "pd_folds", maps.drops.folds_fd())) return error;
  if (const int error = bpf_map__set_max_entries(stacks, static_cast<__u32>(maps.cpus)))
    return error;
  return bpf_map__set_initial_value(constants, &options.kernel, sizeof(options.kernel));
}

}  // namespace

Result<Object> Object::load(const ObjectOptions& options, std::span<const Candidate* const> wanted,
                            const Maps& maps) {
  const LibbpfWords words;
  Object out(open_object(options));
  bpf_object* object = out.object_.get();
  if (!object) return system_error("the BPF object cannot be opened", errno);

  bpf_program* program = nullptr;
  bpf_object__for_each_program(program, object) bpf_program__set_autoload(program, false);
  for (const Candidate* candidate : wanted)
    if (const int error = select(object, *candidate))
      return system_error(candidate->target, -error);
  if (const int error = fit_maps(object, options, maps))
    return system_error("the maps of the BPF object", -error);
  if (const int error = bpf_object__load(object))
    return Error{.code = -error, .message = words.first()};

  if (const int error = out.map_gate()) return system_error("the gate cannot be mapped", -error);
  return out;
}

int Object::map_gate() {
  const bpf_map* gate = bpf_object__find_map_by_name(object_.get(), ".data.gate");
  if (!gate) return -ENOENT;
  void* page = mmap(nullptr, kGateSize, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(gate), 0);
  if (page == MAP_FAILED) return -errno;
  gate_.reset(static_cast<std::uint64_t*>(page));
  return 0;
}

Result<Link> Object::attach(const Step& step, Mechanism mechanism) const {
  const bpf_program* program =
      bpf_object__find_program_by_name(object_.get(), step.program.c_str());
  bpf_link* link = nullptr;
  switch (mechanism) {
    case Mechanism::kFentry:
    case Mechanism::kTpBtf:
      link = bpf_program__attach_trace(program);
      break;
    case Mechanism::kRawTp:
      link = bpf_program__attach_raw_tracepoint(program, step.target.c_str());
      break;
    case Mechanism::kKprobe:
      link = bpf_program__attach_kprobe(program, false, step.target.c_str());
      break;
  }
  if (!link) return system_error(step.target, errno);
  return Link(link);
}

void Object::set_gate(std::uint64_t activation) const {
  std::atomic_ref<std::uint64_t>(*gate_).store(activation, std::memory_order_seq_cst);
}

void Object::Unmapper::operator()(std::uint64_t* gate) const { munmap(gate, kGateSize); }

int Object::program_fd(const Step& step) const {
  const bpf_program* program =
      bpf_object__find_program_by_name(object_.get(), step.program.c_str());
  return program ? bpf_program__fd(program) : -1;
}

}  // namespace packetdrop
