// SPDX-License-Identifier: Apache-2.0
// The exporter put together from its options: privileges, sources, controller and service.
#include "app/wiring.h"

#include <linux/capability.h>
#include <malloc.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>

#include "api/service.h"
#include "app/start_report.h"
#include "base/end_signals.h"
#include "control/controller.h"
#include "host/preflight.h"
#include "model/source_names.h"
#include "privileges/lower.h"
#include "privileges/needs.h"
#include "sources/bpf/bpf_source.h"
#include "sources/kmod/kmod_source.h"

namespace packetdrop {
namespace {

constexpr std::size_t kStackSize = 512 * 1024;  // bytes, of each thread but the main one

// In order of preference. The module's file may come and go while this runs, so its source exists
// even where the file does not.
std::vector<std::unique_ptr<Source>> make_sources(const Options& options, const HostFacts& facts) {
  std::vector<std::unique_ptr<Source>> sources;
  if (options.source != SourceChoice::kKmod) sources.push_back(make_bpf_source(options.bpf, facts));
  if (options.source != SourceChoice::kBpf)
    sources.push_back(make_kmod_source(options.paths, options.bpf.btf));
  return sources;
}

WantedSources wanted_sources(const Options& options) {
  const bool asks_for_kmod =
      options.source == SourceChoice::kKmod || options.source == SourceChoice::kAll;
  return {.bpf = options.source != SourceChoice::kKmod,
          .kmod = options.source != SourceChoice::kBpf,
          .switches_kmod = asks_for_kmod && (options.activate || options.server.control_api)};
}

// What counts from the start on, or why nothing does.
struct Counting {
  std::vector<SourceReading> readings;
  std::string why_none = "no source on this host";
};

Counting start_counting(const Options& options, Controller& controller) {
  Counting out;
  if (options.activate)
    if (auto done = controller.activate(options.source == SourceChoice::kAll ? kAllSources : "");
        !done)
      out.why_none = std::move(done).error().message;
  for (SourceState& state : controller.state()) {
    if (!state.reading.absent())
      out.readings.push_back(std::move(state.reading));
    else if (!options.activate)
      out.why_none = std::string(state.reading.source) + ": " + state.reading.unusable();
  }
  return out;
}

// SIGHUP usually reloads a daemon's configuration; this one reloads it by itself.
void wait_for_end(const sigset_t& signals) {
  int signal = SIGHUP;
  while (signal == SIGHUP) {
    if (sigwait(&signals, &signal) != 0) continue;
    if (signal == SIGHUP) spdlog::info("SIGHUP: --web.config.file is read whenever it changes");
  }
  spdlog::info("ending on {}", signal == SIGTERM ? "SIGTERM" : "SIGINT");
}

// Each load of BPF parses megabytes of BTF. With a single arena and large blocks always mapped
// separately, all of it is returned to the system. The stacks of all threads together fit into the
// C library's stack cache (40 MiB), so it never unmaps one: it aborts if munmap() fails.
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

PrivilegeNeeds privilege_needs(const Options& options, const PrivilegeFacts& facts) {
  const bool control_api = options.server.control_api;
  return {.given = effective_capabilities(),
          .bpf = options.source != SourceChoice::kKmod,
          .kmod = options.source != SourceChoice::kBpf,
          .low_port = std::ranges::any_of(options.server.listen_addresses, is_low_port),
          .switchable = control_api,
          .memlock = facts.memory_by_cgroup == false,
          .perf_event_paranoid = facts.perf_event_paranoid,
          .reading_is_bpf = !control_api && bpf_asks_for_capability_to_read()};
}

// From now on this process waits, and at the end it switches off what counts: BPF by closing it,
// the module by a write.
CapabilitySet needed_to_end(const PrivilegeNeeds& needs,
                            const std::vector<SourceReading>& readings) {
  const bool by_module = std::ranges::any_of(readings, [](const SourceReading& reading) {
    return reading.source == kKmod && reading.snapshot && reading.snapshot->active;
  });
  CapabilitySet needed = needed_to_serve(needs);
  if (by_module) needed.add(CAP_NET_ADMIN);
  return needed;
}

int run(const Options& options) {
  keep_memory_small();
  const sigset_t signals = block_end_signals();
  std::signal(SIGPIPE, SIG_IGN);
  start_log(options.log.level, options.log.format);
  if (const auto found = check_host_paths(options.paths); !found) {
    spdlog::error("cannot go on: {}", found.error().message);
    return kCannotServe;
  }

  if (const auto done = forbid_dumps(); !done) spdlog::warn("{}", done.error().message);
  if (const auto done = renounce_new_privileges(); !done) spdlog::warn("{}", done.error().message);
  const PrivilegeFacts known = gather_privilege_facts(options.paths);
  const PrivilegeNeeds needs = privilege_needs(options, known);
  give_up_all_but(needed_to_start(needs));
  const HostFacts facts = gather_host_facts(options.paths, options.bpf.btf, known);
  const std::vector<Finding> findings = run_preflight(facts, wanted_sources(options));
  auto sources = make_sources(options, facts);
  const CapabilitySet serving = needed_to_serve(needs);
  const auto controller = run_with_capabilities(
      serving, [&] { return std::make_unique<Controller>(std::move(sources)); });

  // Before anything is attached: if the address is in use, tracing must not start at all.
  const auto service = run_with_capabilities(
      serving, [&] { return Service::start(options.server, *controller, findings); });
  if (!service) {
    spdlog::error("cannot serve: {}", service.error().message);
    return kCannotServe;
  }
  const Counting counting = start_counting(options, *controller);
  give_up_all_but(needed_to_end(needs, counting.readings));

  // Last: a log that nobody reads must hold up neither counting nor answers.
  log_program();
  log_addresses((*service)->addresses(), (*service)->uses_tls());
  log_counting(options, counting.readings, findings, counting.why_none);
  wait_for_end(signals);
  controller->shutdown();
  return EXIT_SUCCESS;
}

}  // namespace

int run_exporter(const Options& options) {
  try {
    return run(options);
  } catch (const std::exception& problem) {  // out of memory or threads
    spdlog::error("cannot go on: {}", problem.what());
    return kCannotServe;
  }
}

}  // namespace packetdrop
