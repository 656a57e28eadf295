// SPDX-License-Identifier: Apache-2.0
// Opens files with BTF: the kernel's own, a module's, or one that the user names.
#include "host/btf_file.h"

#include <bpf/libbpf.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace packetdrop {
namespace {

// A header may give its own length as 25 bytes; libbpf 1.1 would then read unaligned words.
bool are_aligned(const btf* types) {
  const std::uint32_t first = first_type(types);
  return first == btf__type_cnt(types) ||
         reinterpret_cast<std::uintptr_t>(btf__type_by_id(types, first)) % alignof(btf_type) == 0;
}

Error not_btf(const std::string& path, int code, const char* why) {
  return {.code = code, .message = path + " cannot be read as BTF: " + why};
}

}  // namespace

std::uint32_t first_type(const btf* types) {
  const btf* base = btf__base_btf(types);
  return base ? btf__type_cnt(base) : 1;
}

Result<BtfPtr> open_btf(const std::string& path, btf* base) {
  BtfPtr types(base ? btf__parse_split(path.c_str(), base) : btf__parse(path.c_str(), nullptr));
  if (types && !are_aligned(types.get())) return not_btf(path, EINVAL, "its types are not aligned");
  if (types) return types;
  // libbpf has its own error codes above those of errno.
  const int code = errno;
  std::array<char, 128> words;
  libbpf_strerror(code, words.data(), words.size());
  return not_btf(path, code < __LIBBPF_ERRNO__START ? code : EINVAL, words.data());
}

}  // namespace packetdrop
