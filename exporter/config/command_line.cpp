// SPDX-License-Identifier: Apache-2.0
// From the command line to Options, or to what to print instead of running.
#include "config/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <span>
#include <utility>

#include "base/nearest.h"
#include "base/text.h"
#include "base/version.h"
#include "config/flags.h"

namespace packetdrop {
namespace {

constexpr std::string_view kProgram = "packetdrop_exporter";
constexpr std::string_view kHelp = "--help";
constexpr std::string_view kVersion = "--version";

PrintAndExit usage_error(const std::string& message) {
  return {.code = 2,
          .text = std::string(kProgram) + ": " + message + "\nTry " + std::string(kProgram) +
                  " --help.\n"};
}

std::string version_text() {
  const BuildInfo& info = build_info();
  std::string text(kProgram);
  text.append(", version ").append(info.version);
  text.append(" (revision: ").append(info.revision).append(")\n");
  return text.append("  compiler: ").append(info.compiler).append("\n");
}

void add_help_line(std::string& text, std::string name, std::string_view help) {
  static constexpr std::size_t kColumn = 36;
  name.resize(std::max(name.size() + 2, kColumn), ' ');
  text.append("  ").append(name).append(help).append("\n");
}

// What a bug report needs first.
std::string bug_report_line() {
  const std::string_view repository = build_info().repository;
  std::string text = "\nReport bugs with the output of --version, the log and /api/v1/status";
  if (!repository.empty()) text.append(", at ").append(repository);
  return text + ".\n";
}

std::string help_text() {
  std::string text = "Usage: " + std::string(kProgram) +
                     " [<flags>]\n\nCounts the packets that pass each stage of the kernel's " +
                     "network path, and every drop, for Prometheus.\n\nFlags:\n";
  add_help_line(text, "-h, --help", "Show this help.");
  add_help_line(text, std::string(kVersion), "Show version, revision and compiler.");
  for (const Flag& flag : flags())
    if (flag.kind != FlagKind::kRefused) add_help_line(text, display(flag), flag.help);
  return text + bug_report_line();
}

bool takes_value(const Flag& flag) {
  return flag.kind == FlagKind::kValue || flag.kind == FlagKind::kRepeatable;
}

CLI::Option* declare(CLI::App& app, const Flag& flag) {
  const std::string name(flag.name);
  if (takes_value(flag))
    return app.add_option(name)->expected(1)->allow_extra_args(false)->multi_option_policy(
        CLI::MultiOptionPolicy::TakeAll);
  if (flag.kind == FlagKind::kNegatable)
    return app.add_flag(name + ",!--no-" + name.substr(2))->disable_flag_override();
  return app.add_flag(name)->disable_flag_override();
}

std::string unknown_flag(std::string_view argument) {
  std::vector<std::string> negated;
  std::vector<std::string_view> known = {kHelp, kVersion};
  for (const Flag& flag : flags()) {
    if (flag.kind != FlagKind::kRefused) known.push_back(flag.name);
    if (flag.kind == FlagKind::kNegatable)
      negated.push_back("--no-" + std::string(flag.name.substr(2)));
  }
  known.insert(known.end(), negated.begin(), negated.end());

  const std::string_view name = argument.substr(0, argument.find('='));
  const std::string_view meant = nearest(name, known);
  std::string message = "unknown flag " + std::string(name);
  if (!meant.empty()) message.append("; did you mean ").append(meant).append("?");
  return message;
}

// CLI11's own messages are for its developers, and name a switch without its dashes.
std::string mismatch(const CLI::ParseError& error) {
  const std::string_view what = error.what();
  std::string name(what.substr(0, what.find_first_of(": ")));
  if (!name.starts_with("-")) name.insert(0, "--");
  const bool lacks_value = std::any_of(flags().begin(), flags().end(), [&](const Flag& flag) {
    return flag.name == name && takes_value(flag);
  });
  return name + (lacks_value ? " needs a value" : " takes no value");
}

// The first switch that was given a value, with its dashes; empty if there is none. CLI11 would
// read
// "--activate=", "--activate=true" and "--activate=1" as "--activate".
std::string switch_with_value(std::span<const char* const> arguments) {
  for (const std::string_view argument : arguments) {
    if (argument == "--") break;
    const std::size_t end = argument.find('=');
    if (end == argument.npos) continue;
    const std::string_view name = argument.substr(0, end);
    const bool is_switch = name == kHelp || name == kVersion || name == "-h" ||
                           std::ranges::any_of(flags(), [&](const Flag& flag) {
                             if (flag.kind == FlagKind::kNegatable && name.starts_with("--no-"))
                               return name.substr(5) == flag.name.substr(2);
                             return name == flag.name && (flag.kind == FlagKind::kSwitch ||
                                                          flag.kind == FlagKind::kNegatable);
                           });
    if (is_switch) return std::string(name);
  }
  return {};
}

// The error for arguments that CLI11 did not recognize; empty if there are none. The first of them
// is at fault: the next may be the value of an unknown flag.
std::string unplaced(const std::vector<std::string>& arguments) {
  const auto at_fault = std::ranges::find_if(arguments, [](const auto& a) { return a != "--"; });
  if (at_fault == arguments.end()) return {};
  const bool looks_like_flag = at_fault->starts_with("-") && *at_fault != "-";
  const bool is_after_end = at_fault != arguments.begin();  // "--" ends the flags
  if (looks_like_flag && !is_after_end) return unknown_flag(*at_fault);
  return "unexpected argument " + packetdrop::quoted(*at_fault) +
         (looks_like_flag ? "; flags after -- are not read" : "; only flags are accepted");
}

// The error for a --probe.* flag that would have no effect; empty if there is none.
std::string idle_probe_flag(const Options& options) {
  const std::string certificate = "--probe.certificate";
  const std::string key = "--probe.key";
  if (options.probe.certificate.empty() && options.probe.key.empty()) return {};
  const std::string& given = options.probe.certificate.empty() ? key : certificate;
  if (options.probe.url.empty()) return given + " needs --probe";
  if (!options.probe.url.starts_with("https://"))
    return given + " needs --probe=https://HOST:PORT/PATH";
  return options.probe.certificate.empty() ? key + " needs " + certificate : std::string();
}

using Declared = std::vector<std::pair<const Flag*, CLI::Option*>>;

std::variant<Options, PrintAndExit> collect(const Declared& declared) {
  Options options;
  for (const auto& [flag, option] : declared) {
    const std::vector<std::string>& values = option->results();
    if (values.empty()) continue;
    if (values.size() > 1 && flag->kind != FlagKind::kRepeatable)
      return usage_error(std::string(flag->name) + " is given more than once");
    // Given values replace the default.
    if (flag->forget_default != nullptr) flag->forget_default(options);
    for (const std::string& value : values) {
      // CLI11 takes the next flag as the missing value.
      if (value.starts_with("--")) return usage_error(std::string(flag->name) + " needs a value");
      if (const Result<void> applied = flag->apply(options, value); !applied)
        return usage_error(std::string(flag->name) + ": " + applied.error().message);
    }
  }
  if (const std::string idle = idle_probe_flag(options); !idle.empty()) return usage_error(idle);
  return options;
}

}  // namespace

std::variant<Options, PrintAndExit> parse_command_line(int argc, const char* const* argv) {
  const std::string given = switch_with_value(std::span(argv, argv + argc));
  if (!given.empty()) return usage_error(given + " takes no value");
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  const CLI::Option* const help = app.add_flag("-h," + std::string(kHelp));
  const CLI::Option* const version = app.add_flag(std::string(kVersion));
  Declared declared;
  for (const Flag& flag : flags()) declared.emplace_back(&flag, declare(app, flag));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return usage_error(mismatch(error));
  }
  if (help->count() > 0) return PrintAndExit{.code = 0, .text = help_text()};
  if (version->count() > 0) return PrintAndExit{.code = 0, .text = version_text()};
  if (const std::string wrong = unplaced(app.remaining()); !wrong.empty())
    return usage_error(wrong);
  return collect(declared);
}

}  // namespace packetdrop
