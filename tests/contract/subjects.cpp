// SPDX-License-Identifier: Apache-2.0
// Every source that the contract suite runs against.
#include "contract/subjects.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>

#include "lab/bpf_flags.h"
#include "lab/sender.h"
#include "sources/bpf/bpf_source.h"
#include "sources/kmod/kmod_source.h"
#include "support/fake_source.h"

namespace packetdrop {
namespace {

// Ethernet, IPv6 and UDP header.
constexpr std::uint64_t kPayload = 100;
constexpr std::uint64_t kFrame = 14 + 40 + 8 + kPayload;

// What a kernel would do, for the source that has none.
Subject make_fake() {
  auto fake = std::make_unique<FakeSource>();
  FakeSource* source = fake.get();
  return {.source = std::move(fake),
          .send =
              [source](int count) {
                if (!source->active()) return;
                Snapshot snapshot = *source->read();
                for (const ProbeInfo& hook : hooks()) {
                  if (!is_legal(hook, PD_KEY_IPV6_UDP)) continue;
                  Counters& counters = snapshot.counters[hook.id][PD_KEY_IPV6_UDP];
                  counters.packets += static_cast<std::uint64_t>(count);
                  counters.segments += static_cast<std::uint64_t>(count);
                  counters.bytes += static_cast<std::uint64_t>(count) * kFrame;
                }
                source->set_snapshot(snapshot);
              },
          .drop =
              [source](int count) {
                if (!source->active()) return;
                Snapshot snapshot = *source->read();
                if (snapshot.drops.empty())
                  snapshot.drops.push_back({.function = "__udp6_lib_rcv",
                                            .reason = "NO_SOCKET",
                                            .key = PD_KEY_IPV6_UDP,
                                            .count = 0});
                snapshot.drops.front().count += static_cast<std::uint64_t>(count);
                source->set_snapshot(snapshot);
              }};
}

// Loopback of a namespace of its own, where nobody else talks.
struct Loopback {
  lab::NetNs ns;
  UniqueFd sink;
};

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return *std::move(result);
}

void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message);
}

std::function<void(int)> loopback_sender() {
  lab::NetNs ns = must(lab::NetNs::create());
  must(ns.ip("link set lo up"));
  UniqueFd sink = must(lab::open_sink(ns));
  const auto loopback =
      std::make_shared<Loopback>(Loopback{.ns = std::move(ns), .sink = std::move(sink)});
  return [loopback](int count) { must(lab::send_datagrams(loopback->ns, "::1", kPayload, count)); };
}

std::function<void(int)> loopback_dropper() {
  const auto ns = std::make_shared<lab::NetNs>(must(lab::NetNs::create()));
  must(ns->ip("link set lo up"));
  return [ns](int count) { must(lab::drop_datagrams(*ns, "::1", count)); };
}

Subject make_bpf() {
  return {.source = make_bpf_source(lab::bpf_options_from_flags(), gather_host_facts({})),
          .send = loopback_sender(),
          .drop = loopback_dropper()};
}

// Counters of the module go back to 0 only when it is loaded again.
Subject make_kmod() {
  const char* module = std::getenv("PACKETDROP_MODULE");
  if (!module) return {.source = nullptr, .send = {}, .drop = {}};
  syscall(SYS_delete_module, "drop_packet", O_NONBLOCK);
  const UniqueFd file(open(module, O_RDONLY | O_CLOEXEC));
  if (!file || syscall(SYS_finit_module, file.get(), "", 0) != 0)
    throw std::runtime_error(system_error(module, errno).message);
  return {.source = make_kmod_source({}), .send = loopback_sender(), .drop = loopback_dropper()};
}

}  // namespace

std::vector<SubjectKind> subject_kinds() {
  return {{"fake", make_fake}, {"bpf", make_bpf}, {"kmod", make_kmod}};
}

}  // namespace packetdrop
