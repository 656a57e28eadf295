// SPDX-License-Identifier: Apache-2.0
// Wires sources, controller and server together, and waits for the signal to end.
#include <fcntl.h>
#include <linux/capability.h>
#include <malloc.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "api/service.h"
#include "base/end_signals.h"
#include "client/probe.h"
#include "config/command_line.h"
#include "control/controller.h"
#include "privileges/lower.h"
#include "privileges/needs.h"
#include "sources/bpf/bpf_source.h"
#include "sources/host/preflight.h"
#include "sources/kmod/kmod_source.h"
#include "startup/start_log.h"

namespace packetdrop {
namespace {

constexpr int kCannotServe = 1;
constexpr int kWrongFlag = 2;
constexpr std::size_t kStackSize = 512 * 1024;  // bytes, of each thread but the main one

BpfAttach bpf_attach(AttachMode mode) {
  switch (mode) {
    case AttachMode::kKprobe:
      return BpfAttach::kKprobe;
    case AttachMode::kFentry:
      return BpfAttach::kFentry;
    case AttachMode::kTracepoint:
      return BpfAttach::kTracepoint;
    case AttachMode::kAuto:
      break;
  }
  return BpfAttach::kAuto;
}

// In order of preference. The module's file may come and go while this runs, so its source is there
// even where the file is not.
std::vector<std::unique_ptr<Source>> make_sources(const Options& options, const HostFacts& facts) {
  const HostPaths paths{.procfs = options.procfs, .sysfs = options.sysfs};
  std::vector<std::unique_ptr<Source>> sources;
  if (options.source != SourceChoice::kKmod)
    sources.push_back(make_bpf_source(
        {.attach = bpf_attach(options.attach), .btf = options.btf, .paths = paths}, facts));
  if (options.source != SourceChoice::kBpf) sources.push_back(make_kmod_source(paths, options.btf));
  return sources;
}

WantedSources wanted_sources(const Options& options) {
  const bool asks_for_kmod =
      options.source == SourceChoice::kKmod || options.source == SourceChoice::kAll;
  return {.bpf = options.source != SourceChoice::kKmod,
          .kmod = options.source != SourceChoice::kBpf,
          .switches_kmod = asks_for_kmod && (options.activate || options.control_api)};
}

ServerOptions server_options(const Options& options) {
  std::vector<uid_t> control_uids = options.control_uids;
  control_uids.push_back(0);
  return {.listen_addresses = options.listen_addresses,
          .telemetry_path = options.telemetry_path,
          .max_requests = options.max_requests,
          .max_control_requests = options.max_control_requests,
          .web_config_file = options.web_config_file,
          .control_uids = std::move(control_uids),
          .control_api = options.control_api,
          .exporter_metrics = options.exporter_metrics,
          .created_timestamps = options.created_timestamps};
}

// What counts from the start on, or, where no source is there, why not.
struct Counting {
  std::vector<SourceReading> readings;
  std::string why_none = "no source on this host";
};

Counting start_counting(const Options& options, Controller& controller) {
  Counting out;
  if (options.activate)
    if (auto error = controller.activate(options.source == SourceChoice::kAll ? "all" : ""))
      out.why_none = std::move(error->message);
  for (SourceState& state : controller.state()) {
    if (!state.reading.absent())
      out.readings.push_back(std::move(state.reading));
    else if (!options.activate)
      out.why_none = std::string(state.reading.source) + ": " + state.reading.unusable();
  }
  return out;
}

// Of those that are closed, the next files that are opened would take the place, and with it what
// is meant for the log.
void open_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) std::abort();
}

// Returns once somebody wants the end. A daemon is told by SIGHUP to read its configuration again,
// which this one does by itself.
void wait_for_end(const sigset_t& signals) {
  int signal = SIGHUP;
  while (signal == SIGHUP) {
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) spdlog::info("SIGHUP: --web.config.file is read whenever it changes");
  }
  spdlog::info("ending on {}", signal == SIGTERM ? "SIGTERM" : "SIGINT");
}

// Each load of BPF parses megabytes of BTF. With one arena, and large blocks always mapped on their
// own, all of it goes back to the system. The stacks of all threads together fit in what the C
// library keeps of them (40 MiB) for the next thread, and so it never unmaps one: it aborts where
// that fails.
void keep_memory_small() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  pthread_attr_t attributes;
  if (pthread_attr_init(&attributes) != 0) return;
  pthread_attr_setstacksize(&attributes, kStackSize);
  pthread_setattr_default_np(&attributes);
  pthread_attr_destroy(&attributes);
}

bool is_low_port(const std::string& address) {
  int port = 0;
  std::from_chars(address.data() + address.rfind(':') + 1, address.data() + address.size(), port);
  return port > 0 && port < 1024;
}

Duties duties_of(const Options& options, const HostFacts& facts) {
  return {.given = effective_capabilities(),
          .bpf = options.source != SourceChoice::kKmod,
          .kmod = options.source != SourceChoice::kBpf,
          .low_port = std::ranges::any_of(options.listen_addresses, is_low_port),
          .switchable = options.control_api,
          .memlock = facts.memory_by_cgroup == false,
          .perf_event_paranoid = facts.perf_event_paranoid,
          .reading_is_bpf = !options.control_api && bpf_asks_for_capability_to_read()};
}

// What is left to do is to wait, and to take back what counts: BPF by closing it, the module by a
// word.
CapabilitySet needed_to_end(const Duties& duties, const std::vector<SourceReading>& readings) {
  const bool by_module = std::ranges::any_of(readings, [](const SourceReading& reading) {
    return reading.source == "kmod" && reading.snapshot && reading.snapshot->active;
  });
  CapabilitySet needed = needed_to_serve(duties);
  if (by_module) needed.add(CAP_NET_ADMIN);
  return needed;
}

// Whole, or with a word on why not: a disk may be full, a reader gone. Returns the exit code.
int print(std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return EXIT_SUCCESS;
  const Error error = system_error("packetdrop_exporter: cannot write what was asked for", errno);
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return EXIT_FAILURE;
}

int run_probe(const Options& options) {
  if (const auto right = check_probe_url(options.probe_url); !right) {
    std::fprintf(stderr, "packetdrop_exporter: --probe: %s\nTry packetdrop_exporter --help.\n",
                 right.error().message.c_str());
    return kWrongFlag;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const auto answer = probe({.url = options.probe_url,
                             .certificate = options.probe_certificate,
                             .key = options.probe_key});
  if (answer) return print(*answer);
  std::fprintf(stderr, "%s: %s\n", options.probe_url.c_str(), answer.error().message.c_str());
  return EXIT_FAILURE;
}

int run(const Options& options) {
  keep_memory_small();
  const sigset_t signals = block_end_signals();
  std::signal(SIGPIPE, SIG_IGN);
  start_log(options.log_level, options.log_format);
  const HostPaths paths{.procfs = options.procfs, .sysfs = options.sysfs};
  if (const auto found = check_host_paths(paths); !found) {
    spdlog::error("cannot go on: {}", found.error().message);
    return kCannotServe;
  }

  if (const auto done = forbid_dumps(); !done) spdlog::warn("{}", done.error().message);
  if (const auto done = renounce_new_privileges(); !done) spdlog::warn("{}", done.error().message);
  HostFacts facts = gather_host_facts(paths);
  facts.btf_given = !options.btf.empty() && access(options.btf.c_str(), R_OK) == 0;
  const Duties duties = duties_of(options, facts);
  give_up_all_but(needed_to_start(duties));
  facts.capabilities = effective_capabilities().mask();
  const std::vector<Finding> findings = run_preflight(facts, wanted_sources(options));
  auto sources = make_sources(options, facts);
  const CapabilitySet serving = needed_to_serve(duties);
  const auto controller =
      made_with(serving, [&] { return std::make_unique<Controller>(std::move(sources)); });

  // Before anything is attached: an address in use must not cost a moment of tracing.
  const auto server = made_with(
      serving, [&] { return Service::start(server_options(options), *controller, findings); });
  if (!server) {
    spdlog::error("cannot serve: {}", server.error().message);
    return kCannotServe;
  }
  const Counting counting = start_counting(options, *controller);
  give_up_all_but(needed_to_end(duties, counting.readings));

  // Last: a log that nobody reads may hold up neither counting nor answers.
  const std::vector<std::string>& addresses = (*server)->addresses();
  log_program();
  log_addresses(addresses, (*server)->uses_tls());
  log_counting(options, counting.readings, findings, counting.why_none);
  wait_for_end(signals);
  controller->shutdown();
  return EXIT_SUCCESS;
}

// What the system lacks at the start, as memory or threads, is told as any other error.
int run_or_say_why_not(const Options& options) {
  try {
    return run(options);
  } catch (const std::exception& problem) {
    spdlog::error("cannot go on: {}", problem.what());
    return kCannotServe;
  }
}

}  // namespace
}  // namespace packetdrop

int main(int argc, char** argv) {
  packetdrop::open_standard_streams();
  auto parsed = packetdrop::parse_command_line(argc, argv);
  if (const auto* exit = std::get_if<packetdrop::PrintAndExit>(&parsed)) {
    if (exit->code == EXIT_SUCCESS) return packetdrop::print(exit->text);
    std::fputs(exit->text.c_str(), stderr);
    return exit->code;
  }
  const auto& options = std::get<packetdrop::Options>(parsed);
  return options.probe_url.empty() ? packetdrop::run_or_say_why_not(options)
                                   : packetdrop::run_probe(options);
}
