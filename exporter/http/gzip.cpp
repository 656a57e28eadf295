// SPDX-License-Identifier: Apache-2.0
// Compresses bodies for clients that ask for it.
#include "http/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <mutex>
#include <optional>

#include "base/free_by.h"
#include "base/text.h"
#include "http/message.h"

namespace packetdrop {
namespace {

constexpr int kLevel = 1;  // the exposition format is so regular that more gains little

// The one compressor and the room for its output. They are kept: to allocate them for each scrape
// costs as much as the compression, in page faults. Shared, because each is some 200 KiB, and one
// scrape holds it for well under a millisecond.
class Compressor {
 public:
  Result<std::string> compress(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!state_) state_.reset(libdeflate_alloc_compressor(kLevel));
    if (!state_) return system_error("gzip", ENOMEM);
    const std::size_t bound = libdeflate_gzip_compress_bound(state_.get(), text.size());
    if (room_size_ < bound) {
      room_ = std::make_unique_for_overwrite<char[]>(bound);  // most of it is never touched
      room_size_ = bound;
    }
    const std::size_t size =
        libdeflate_gzip_compress(state_.get(), text.data(), text.size(), room_.get(), room_size_);
    if (size == 0) return Error{.code = EIO, .message = "gzip: the output does not fit"};
    return std::string(room_.get(), size);
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<libdeflate_compressor, FreeBy<libdeflate_free_compressor>> state_;
  std::unique_ptr<char[]> room_;
  std::size_t room_size_ = 0;  // bytes
};

// Whether the parameters of one coding, ";q=0.5", leave it any weight.
bool has_weight(std::string_view parameters) {
  const std::size_t equals = parameters.find('=');
  if (equals == parameters.npos) return true;
  return trim(parameters.substr(equals + 1, parameters.find(';', equals) - equals - 1))
             .find_first_of("123456789") != parameters.npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<bool> gzip_named;
  bool any = false;
  while (!accept_encoding.empty()) {
    const std::string_view item = next_part(accept_encoding, ',');
    const std::size_t semicolon = item.find(';');
    const std::string_view coding = trim(item.substr(0, semicolon));
    const bool weight = semicolon == item.npos || has_weight(item.substr(semicolon + 1));
    if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip"))
      gzip_named = weight;
    if (coding == "*") any = weight;
  }
  return gzip_named.value_or(any);
}

Result<std::string> gzip(std::string_view text) {
  static Compressor compressor;
  return compressor.compress(text);
}

}  // namespace packetdrop
