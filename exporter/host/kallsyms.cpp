// SPDX-License-Identifier: Apache-2.0
// Reads /proc/kallsyms, and finds the clones that the compiler made of a function.
#include "host/kallsyms.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/file.h"
#include "base/free_by.h"

namespace packetdrop {
namespace {

// "ffffffff81e634f0 T name" or "… t name\t[module]".
KernelSymbol split(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || text.size() < space + 4) return {};
  KernelSymbol symbol{
      .address = 0, .type = text[space + 1], .name = text.substr(space + 3), .module = {}};
  std::from_chars(text.data(), text.data() + space, symbol.address, 16);
  const std::size_t end = symbol.name.find_first_of("\t\n");
  if (end != std::string_view::npos && symbol.name[end] == '\t') {
    symbol.module = symbol.name.substr(end + 1);
    symbol.module = symbol.module.substr(symbol.module.find('[') + 1);
    symbol.module = symbol.module.substr(0, symbol.module.find(']'));
  }
  symbol.name = symbol.name.substr(0, end);
  return symbol;
}

}  // namespace

Result<void> for_each_symbol(const std::string& procfs,
                             const std::function<void(const KernelSymbol&)>& visit) {
  const std::string path = procfs + "/kallsyms";
  const std::unique_ptr<std::FILE, FreeBy<std::fclose>> file(std::fopen(path.c_str(), "re"));
  if (!file) return system_error(path, errno);
  std::array<char, 1024> line;
  while (std::fgets(line.data(), line.size(), file.get())) {
    // The kernel's longest name has 512 bytes; part of a longer line would be read as a symbol.
    if (!std::strchr(line.data(), '\n') && !std::feof(file.get()))
      return Error{.code = EBADMSG, .message = path + ": a line of more than 1023 bytes"};
    visit(split(line.data()));
  }
  if (std::ferror(file.get())) return system_error(path, errno);
  return {};
}

bool is_mapping_symbol(std::string_view name) {
  return name.starts_with('$') || name.starts_with(".L") || name.starts_with("L0");
}

bool is_body_of(std::string_view symbol, std::string_view function) {
  if (!symbol.starts_with(function)) return false;
  symbol.remove_prefix(function.size());
  if (symbol.empty()) return true;
  for (const std::string_view suffix : {".constprop.", ".llvm."}) {
    if (!symbol.starts_with(suffix)) continue;
    const std::string_view number = symbol.substr(suffix.size());
    return !number.empty() &&
           std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
  }
  return false;
}

Result<Bodies> find_bodies(const std::string& procfs, std::span<const std::string_view> functions) {
  Bodies bodies;
  const auto done = for_each_symbol(procfs, [&](const KernelSymbol& symbol) {
    if (!symbol.is_text() || !symbol.module.empty()) return;
    for (const std::string_view function : functions)
      if (is_body_of(symbol.name, function))
        bodies[std::string(function)].emplace_back(symbol.name);
  });
  if (!done) return done.error();
  return bodies;
}

bool kallsyms_shows_addresses(const std::string& procfs) {
  // On some kernels the per-CPU symbols at the top have address 0: check several lines.
  const auto text = read_beginning(procfs + "/kallsyms", 4096);
  if (!text) return false;
  std::size_t at = 0;
  while (at < text->size()) {
    const std::size_t digits = text->find_first_not_of('0', at);
    if (digits != std::string::npos && (*text)[digits] != ' ') return true;
    const std::size_t newline = text->find('\n', at);
    if (newline == std::string::npos) break;
    at = newline + 1;
  }
  return false;
}

}  // namespace packetdrop
