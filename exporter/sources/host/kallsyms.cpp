// SPDX-License-Identifier: Apache-2.0
// Finds the bodies that the compiler made of a function in /proc/kallsyms.
#include "sources/host/kallsyms.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "base/file.h"

namespace packetdrop {
namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// "ffffffff81e634f0 T name" or "… t name\t[module]".
struct Line {
  char type = 0;
  std::string_view name;
  bool in_module = false;
};

Line split(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || text.size() < space + 4) return {};
  Line line{.type = text[space + 1], .name = text.substr(space + 3), .in_module = false};
  const std::size_t end = line.name.find_first_of("\t\n");
  line.in_module = end != std::string_view::npos && line.name[end] == '\t';
  line.name = line.name.substr(0, end);
  return line;
}

}  // namespace

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
  const std::string path = procfs + "/kallsyms";
  const std::unique_ptr<std::FILE, FileCloser> file(std::fopen(path.c_str(), "re"));
  if (!file) return system_error(path, errno);

  Bodies bodies;
  char buffer[1024];
  while (std::fgets(buffer, sizeof(buffer), file.get())) {
    const Line line = split(buffer);
    if ((line.type != 't' && line.type != 'T') || line.in_module) continue;
    for (const std::string_view function : functions)
      if (is_body_of(line.name, function)) bodies[std::string(function)].emplace_back(line.name);
  }
  if (std::ferror(file.get())) return system_error(path, errno);
  return bodies;
}

bool kallsyms_shows_addresses(const std::string& procfs) {
  // Per-CPU symbols at the top have address 0 on some kernels: look at a few lines.
  const auto text = read_file(procfs + "/kallsyms", 4096);
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
