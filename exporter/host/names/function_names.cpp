// SPDX-License-Identifier: Apache-2.0
// Which function an address of the running kernel lies in.
#include "host/names/function_names.h"

#include <algorithm>
#include <sstream>

#include "base/file.h"
#include "host/kallsyms.h"
#include "model/probe.h"
#include "uapi/packetdrop_drops.h"

namespace packetdrop {
namespace {

struct Module {
  std::string name;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// "veth 40960 0 - Live 0xffffffffc0a01000"; a module that is still loading has an address, too.
std::vector<Module> loaded_modules(const std::string& procfs) {
  std::vector<Module> modules;
  const auto text = read_file(procfs + "/modules", 1 << 20);
  std::istringstream lines(text ? *text : "");
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string users, by, state;
    std::uint64_t size = 0;
    Module module;
    if (words >> module.name >> size >> users >> by >> state >> std::hex >> module.begin) {
      module.end = module.begin + size;
      modules.push_back(std::move(module));
    }
  }
  return modules;
}

// The name without the suffix of a compiler's clone.
std::string plain(const std::string& name) {
  return name.substr(0, pd_function_length(name.c_str()));
}

struct Candidate {
  std::uint64_t address = 0;
  std::string name;

  // The first of several at one address stays.
  void take_nearer(const KernelSymbol& symbol) {
    if (symbol.address <= address) return;
    address = symbol.address;
    name = symbol.name;
  }
};

// Finds the nearest symbol for each of some addresses while the symbols go by in any order.
class Nearest {
 public:
  Nearest(std::span<const std::uint64_t> addresses, const std::vector<Module>& modules)
      : addresses_(addresses), core_(addresses.size()), own_(addresses.size()) {
    for (const std::uint64_t address : addresses) {
      const auto holds = [&](const Module& m) { return m.begin <= address && address < m.end; };
      const auto module = std::ranges::find_if(modules, holds);
      modules_.push_back(module == modules.end() ? nullptr : &*module);
    }
  }

  void see(const KernelSymbol& symbol) {
    if (symbol.module.empty()) see_core(symbol);
    if (!is_function(symbol)) return;
    const auto above = std::ranges::lower_bound(addresses_, symbol.address);
    auto i = static_cast<std::size_t>(above - addresses_.begin());
    if (symbol.module.empty()) {
      // It can be the nearest only for the first address above it; names() passes it on to the
      // rest.
      if (i < core_.size()) core_[i].take_nearer(symbol);
      return;
    }
    for (; i < own_.size() && modules_[i] && modules_[i]->name == symbol.module; i++)
      own_[i].take_nearer(symbol);
  }

  std::vector<FunctionName> names() const {
    std::vector<FunctionName> names;
    Candidate below;
    for (std::size_t i = 0; i < addresses_.size(); i++) {
      if (core_[i].address > below.address) below = core_[i];
      const bool in_core = text_begin_ <= addresses_[i] && addresses_[i] < text_end_;
      if (modules_[i])
        names.push_back({.name = plain(own_[i].name), .module = modules_[i]->name});
      else
        names.push_back({.name = in_core ? plain(below.name) : "", .module = {}});
    }
    return names;
  }

 private:
  // Includes weak symbols (w, W).
  static bool is_function(const KernelSymbol& symbol) {
    const bool is_code = symbol.is_text() || symbol.type == 'w' || symbol.type == 'W';
    return is_code && symbol.address != 0 && !is_mapping_symbol(symbol.name);
  }

  // An address outside the kernel's text belongs to no function of the kernel itself.
  void see_core(const KernelSymbol& symbol) {
    if (symbol.name == "_stext") text_begin_ = symbol.address;
    if (symbol.name == "_etext") text_end_ = symbol.address;
  }

  std::span<const std::uint64_t> addresses_;
  std::vector<const Module*> modules_;  // containing each address
  std::vector<Candidate> core_;         // nearest below each address and above the one before
  std::vector<Candidate> own_;          // nearest of that module
  std::uint64_t text_begin_ = 0;
  std::uint64_t text_end_ = 0;
};

}  // namespace

Result<std::vector<FunctionName>> find_functions(const std::string& procfs,
                                                 std::span<const std::uint64_t> addresses) {
  const std::vector<Module> modules = loaded_modules(procfs);
  Nearest nearest(addresses, modules);
  const auto done =
      for_each_symbol(procfs, [&](const KernelSymbol& symbol) { nearest.see(symbol); });
  if (!done) return done.error();
  return nearest.names();
}

FunctionName parse_symbol(std::string_view text) {
  const std::size_t end = text.find(' ');
  const std::string_view symbol = text.substr(0, end);
  std::string_view module = end == std::string_view::npos ? "" : text.substr(end + 1);
  if (module.starts_with('[')) module.remove_prefix(1);
  if (module.ends_with(']')) module.remove_suffix(1);
  // BPF programs and trampolines are listed like modules, but are none.
  const bool is_made = module == "bpf" || module.starts_with("__builtin__");
  if (is_made || symbol.starts_with("0x")) return {};
  return {.name = plain(std::string(symbol)), .module = std::string(module)};
}

std::set<std::string> loaded_module_names(const std::string& procfs) {
  std::set<std::string> names;
  for (Module& module : loaded_modules(procfs)) names.insert(std::move(module.name));
  return names;
}

}  // namespace packetdrop
