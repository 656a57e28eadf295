// SPDX-License-Identifier: Apache-2.0
// Error texts from errno values.
#include "base/result.h"

#include <cstring>
#include <system_error>

namespace packetdrop {

Error system_error(std::string message, int code) {
  message += ": ";
  message += std::generic_category().message(code);
  return {.code = code, .message = std::move(message)};
}

std::string errno_name(int code) {
  const char* name = strerrorname_np(code);
  return name ? name : std::to_string(code);
}

}  // namespace packetdrop
