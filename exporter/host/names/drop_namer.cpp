// SPDX-License-Identifier: Apache-2.0
// Names reasons and functions of drops as the running kernel does.
#include "host/names/drop_namer.h"

#include <malloc.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "host/btf_file.h"
#include "host/kallsyms.h"
#include "model/drop.h"
#include "model/probe.h"
#include "uapi/packetdrop_drops.h"

namespace packetdrop {
namespace {

constexpr int kMostUnknownReasons = 8;
constexpr std::size_t kLargestModuleBtf = 16 << 20;

// The kernel's own BTF, else the file that the user named.
std::string kernel_btf_path(const HostPaths& paths, const std::string& given) {
  std::string own = paths.sysfs + "/kernel/btf/vmlinux";
  return given.empty() || access(own.c_str(), R_OK) == 0 ? own : given;
}

bool is_of_subsystem(std::uint32_t reason) { return reason >> 16 != 0; }

// A cheap text search that few modules pass: parsing the BTF of each module would take seconds.
bool may_have_reasons(const std::string& path) {
  const auto bytes = read_file(path, kLargestModuleBtf);
  return bytes && bytes->find("_drop_reason") != std::string::npos;
}

}  // namespace

void DropNamer::know_reasons(ReasonNames reasons) {
  const std::lock_guard lock(mutex_);
  loaded_ = true;
  reasons_ = std::move(reasons);
}

void DropNamer::ask(AskKernel kernel) {
  const std::lock_guard lock(mutex_);
  ask_ = std::move(kernel);
}

std::string DropNamer::reason(std::uint32_t number) {
  if (number == PD_REASON_OTHER) return std::string(kOther);
  const std::lock_guard lock(mutex_);
  if (!loaded_) load_kernel_reasons();
  if (const auto known = reasons_.find(number); known != reasons_.end()) return known->second;
  if (is_of_subsystem(number)) load_module_reasons();
  if (!reasons_.contains(number)) reasons_.emplace(number, unknown_reason(number));
  return reasons_.at(number);
}

void DropNamer::load_kernel_reasons() {
  loaded_ = true;
  {
    const auto types = open_btf(kernel_btf_path(paths_, btf_));
    if (!types) {
      spdlog::warn("drop reasons have no names: {}", types.error().message);
      return;
    }
    reasons_ = kernel_reasons(types->get());
  }
  malloc_trim(0);
}

void DropNamer::load_module_reasons() {
  {
    const auto kernel = open_btf(kernel_btf_path(paths_, btf_));
    if (!kernel) return;
    std::error_code none;
    for (const auto& file :
         std::filesystem::directory_iterator(paths_.sysfs + "/kernel/btf", none)) {
      if (file.path().filename() == "vmlinux" || !may_have_reasons(file.path())) continue;
      const auto module = open_btf(file.path(), kernel->get());
      if (module)
        add_reason_names(module->get(), reasons_);
      else
        spdlog::warn("drop reasons of a module have no names: {}", module.error().message);
    }
  }
  malloc_trim(0);
}

std::string DropNamer::unknown_reason(std::uint32_t number) {
  if (unknown_reasons_ == kMostUnknownReasons) return std::string(kUnknown);
  unknown_reasons_++;
  return fmt::format("{}_{:x}", kUnknown, number);
}

std::vector<std::string_view> DropNamer::functions(std::span<const std::uint64_t> locations) {
  const std::lock_guard lock(mutex_);
  std::set<std::uint64_t> wanted;
  for (const std::uint64_t location : locations)
    if (location != 0 && !functions_.contains(location)) wanted.insert(location);
  // Reading one page shows it; nearly always nothing is hidden, and even that is skipped.
  if (!hidden_.empty() && kallsyms_shows_addresses(paths_.procfs))
    for (const auto& [location, _] : hidden_) wanted.insert(location);
  if (!wanted.empty()) look_up(std::move(wanted));

  std::vector<std::string_view> names;
  names.reserve(locations.size());
  for (const std::uint64_t location : locations)
    names.push_back(location == 0 ? kOther : functions_.at(location));
  return names;
}

void DropNamer::look_up(std::set<std::uint64_t> locations) {
  if (ask_) ask_kernel(locations);
  if (locations.empty()) return;
  if (kallsyms_shows_addresses(paths_.procfs))
    read_kallsyms(locations);
  else
    wait_for(locations);
}

// Leaves the locations that the kernel does not name.
void DropNamer::ask_kernel(std::set<std::uint64_t>& locations) {
  std::erase_if(locations, [this](std::uint64_t location) {
    const auto answer = ask_(location);
    if (answer) keep(location, *answer);
    return answer.has_value();
  });
}

void DropNamer::wait_for(const std::set<std::uint64_t>& locations) {
  const auto modules = std::make_shared<const Modules>(loaded_module_names(paths_.procfs));
  for (const std::uint64_t location : locations) {
    hidden_.try_emplace(location, modules);
    set_name(location, kUnknown);
  }
}

void DropNamer::read_kallsyms(const std::set<std::uint64_t>& locations) {
  const std::vector<std::uint64_t> ascending(locations.begin(), locations.end());
  const auto found = find_functions(paths_.procfs, ascending);
  if (!found) spdlog::warn("dropping functions have no names: {}", found.error().message);
  for (std::size_t i = 0; i < ascending.size(); i++)
    keep(ascending[i], found ? (*found)[i] : FunctionName{});
}

void DropNamer::keep(std::uint64_t location, const FunctionName& function) {
  const auto hidden = hidden_.extract(location);
  const bool came_later =
      hidden && !function.module.empty() && !hidden.mapped()->contains(function.module);
  const bool named = !function.name.empty() && !came_later;
  set_name(location, named ? function.name : kUnknown);
}

void DropNamer::set_name(std::uint64_t location, std::string_view name) {
  functions_.insert_or_assign(location, *names_.emplace(name).first);
}

}  // namespace packetdrop
