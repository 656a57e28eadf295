// SPDX-License-Identifier: Apache-2.0
// A BPF array that is read through shared memory, never by system call: while a map is read by
// system call, the kernel skips BPF kprobes and classic tracepoints on that CPU.
#pragma once

#include <bpf/bpf.h>
#include <sys/mman.h>

#include <cerrno>
#include <memory>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"

namespace packetdrop {

// Owns a map of T by index, all zero at first, and its mapping.
template <typename T>
class MappedArray {
  // The elements follow each other without a gap only if their size is a multiple of 8.
  static_assert(sizeof(T) % 8 == 0);

 public:
  // `name`: the map's, as the kernel and its tools show it.
  static Result<MappedArray> create(const char* name, std::size_t size) {
    LIBBPF_OPTS(bpf_map_create_opts, options);
    options.map_flags = BPF_F_MMAPABLE;
    UniqueFd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, name, sizeof(__u32), sizeof(T),
                                static_cast<__u32>(size), &options));
    if (!map) return system_error("the map " + std::string(name) + " cannot be made", errno);

    void* elements = mmap(nullptr, size * sizeof(T), PROT_READ, MAP_SHARED, map.get(), 0);
    if (elements == MAP_FAILED)
      return system_error("the map " + std::string(name) + " cannot be mapped", errno);
    return MappedArray(std::move(map), static_cast<const T*>(elements), size);
  }

  int fd() const { return map_.get(); }
  // The kernel writes into them meanwhile.
  std::span<const T> elements() const { return {elements_.get(), elements_.get_deleter().size}; }

 private:
  struct Unmapper {
    std::size_t size;
    void operator()(const T* elements) const { munmap(const_cast<T*>(elements), size * sizeof(T)); }
  };
  MappedArray(UniqueFd map, const T* elements, std::size_t size)
      : map_(std::move(map)), elements_(elements, Unmapper{size}) {}

  UniqueFd map_;
  std::unique_ptr<const T, Unmapper> elements_;
};

// A counter that a CPU may be adding to.
inline std::uint64_t load(const __u64& counter) {
  return __atomic_load_n(&counter, __ATOMIC_RELAXED);
}

}  // namespace packetdrop
