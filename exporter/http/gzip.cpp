// SPDX-License-Identifier: Apache-2.0
// Compresses bodies for clients that ask for it.
#include "http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "http/message.h"

namespace packetdrop {
namespace {

constexpr int kLevel = 1;             // the exposition format is so regular that more gains little
constexpr int kGzipWindow = 16 + 15;  // zlib: 16 asks for a gzip header
constexpr int kDefaultMemoryLevel = 8;  // zlib's own

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// Whether the parameters of one coding, ";q=0.5", leave it any weight.
bool has_weight(std::string_view parameters) {
  const std::size_t equals = parameters.find('=');
  if (equals == parameters.npos) return true;
  return trim(parameters.substr(equals + 1)).find_first_of("123456789") != parameters.npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<bool> gzip_named;
  bool any = false;
  while (!accept_encoding.empty()) {
    const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(accept_encoding.size(), item.size() + 1));
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
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kDefaultMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    return system_error("gzip", ENOMEM);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) return Error{.code = EIO, .message = "gzip: deflate failed"};
  return out;
}

}  // namespace packetdrop
