// SPDX-License-Identifier: Apache-2.0
// Opens files with BTF: the kernel's own, a module's, or one that the user names.
#include "sources/host/btf_file.h"

#include <bpf/libbpf.h>

#include <array>
#include <cerrno>

namespace packetdrop {

Result<BtfPtr> open_btf(const std::string& path, btf* base) {
  BtfPtr types(base ? btf__parse_split(path.c_str(), base) : btf__parse(path.c_str(), nullptr));
  if (types) return types;
  // libbpf has error codes of its own beyond errno's.
  const int code = errno;
  std::array<char, 128> words;
  libbpf_strerror(code, words.data(), words.size());
  return Error{.code = code < __LIBBPF_ERRNO__START ? code : EINVAL,
               .message = path + " cannot be read as BTF: " + words.data()};
}

}  // namespace packetdrop
