// SPDX-License-Identifier: Apache-2.0
// The names of drop reasons out of a file that says it is BTF.
#include <unistd.h>

#include <cstdio>
#include <string>

#include "fuzz/target.h"
#include "host/btf_file.h"
#include "host/names/reason_names.h"

namespace {

// A file of its own for each process, in memory.
const std::string& path() {
  static const std::string path = "/dev/shm/packetdrop-fuzz." + std::to_string(getpid());
  return path;
}

void remove_file() { unlink(path().c_str()); }

void write_file(const std::uint8_t* data, std::size_t size) {
  static const int registered = std::atexit(remove_file);
  packetdrop::require(registered == 0);
  FILE* const file = std::fopen(path().c_str(), "wb");
  packetdrop::require(file && std::fwrite(data, 1, size, file) == size);
  packetdrop::require(std::fclose(file) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace packetdrop;
  write_file(data, size);
  const Result<BtfPtr> types = open_btf(path());
  if (!types) {
    require(!types.error().message.empty());
    return 0;
  }
  ReasonNames names;
  add_reason_names(types->get(), names);
  for (const auto& [number, name] : names) require(!name.empty());
  tells_reasons(types->get());
  return 0;
}
