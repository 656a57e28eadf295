// SPDX-License-Identifier: Apache-2.0
// Takes what libbpf prints.
#include "sources/bpf/libbpf_log.h"

#include <bpf/libbpf.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace packetdrop {
namespace {

thread_local LibbpfWords* listener = nullptr;

// libbpf's own words, the verifier's among them, which can be long.
int take(libbpf_print_level level, const char* format, va_list arguments) {
  const bool wanted = listener && level == LIBBPF_WARN;
  if (!wanted && !spdlog::should_log(spdlog::level::debug)) return 0;
  char* text = nullptr;
  const int n = vasprintf(&text, format, arguments);
  if (n < 0) return n;
  const std::unique_ptr<char, decltype(&std::free)> owner(text, std::free);
  const std::string_view words(text, static_cast<std::size_t>(n));
  if (wanted) listener->add(words);
  spdlog::debug("{}", words);
  return n;
}

}  // namespace

void log_libbpf() { libbpf_set_print(take); }

LibbpfWords::LibbpfWords() { listener = this; }

LibbpfWords::~LibbpfWords() { listener = nullptr; }

void LibbpfWords::add(std::string_view words) {
  static constexpr std::string_view kPrefix = "libbpf: ";
  static constexpr std::size_t kLongest = 200;
  if (!first_.empty()) return;
  if (words.starts_with(kPrefix)) words.remove_prefix(kPrefix.size());
  first_ = words.substr(0, std::min(words.find_first_of("\r\n"), kLongest));
}

}  // namespace packetdrop
