// SPDX-License-Identifier: Apache-2.0
// What each file here has: one function that is called with bytes that nobody promised anything of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// libFuzzer's entry point. Always 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace packetdrop {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// A broken promise ends the process, which is what a fuzzer looks for.
inline void require(bool promise) {
  if (!promise) std::abort();
}

}  // namespace packetdrop
