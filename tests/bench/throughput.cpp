// SPDX-License-Identifier: Apache-2.0
// UDP packets per second over a veth pair with the exporter counting, over those while it is not;
// and with empty programs in place of its own, which is what any BPF program there would cost.
#include <arpa/inet.h>
#include <bpf/libbpf.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>

#include "bench/empty_program.h"
#include "bench/report.h"
#include "bench/target.h"
#include "lab/netns.h"
#include "lab/sender.h"
#include "lab/tcp.h"
#include "support/http_client.h"

namespace packetdrop::bench {
namespace {

using std::chrono::steady_clock;

constexpr int kBlocks = 12;
constexpr auto kDuration = std::chrono::milliseconds(500);
constexpr std::size_t kPayload = 22;  // 64 bytes with UDP, IPv4 and Ethernet headers
constexpr std::size_t kBatch = 64;
constexpr const char* kReceiver = "192.0.2.2";

// The receive path runs in the softirq of the CPU that sends, so one CPU does all of the work.
void pin_to_last_cpu() {
  cpu_set_t allowed, last;
  sched_getaffinity(0, sizeof(allowed), &allowed);
  CPU_ZERO(&last);
  for (int cpu = CPU_SETSIZE - 1; cpu >= 0 && CPU_COUNT(&last) == 0; cpu--)
    if (CPU_ISSET(cpu, &allowed)) CPU_SET(cpu, &last);
  sched_setaffinity(0, sizeof(last), &last);
}

// Two namespaces and the wire between them.
struct Wire {
  lab::NetNs sender = must(lab::NetNs::create());
  lab::NetNs receiver = must(lab::NetNs::create());
  UniqueFd sink;

  Wire() {
    must(sender.ip("link add name left type veth peer name right netns " + receiver.path()));
    must(sender.ip("address add 192.0.2.1/24 dev left"));
    must(receiver.ip("address add 192.0.2.2/24 dev right"));
    must(sender.ip("link set left up"));
    must(receiver.ip("link set right up"));
    sink = must(lab::open_sink(receiver));
  }
};

UniqueFd connect_to_sink() {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  inet_pton(AF_INET, kReceiver, &to.sin_addr);
  UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd || connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0)
    must(Result<void>(system_error(kReceiver, errno)));
  return fd;
}

void send_batches(int fd, steady_clock::time_point end) {
  std::array<char, kPayload> payload{};
  iovec part{.iov_base = payload.data(), .iov_len = payload.size()};
  std::array<mmsghdr, kBatch> batch{};
  for (mmsghdr& message : batch) {
    message.msg_hdr.msg_iov = &part;
    message.msg_hdr.msg_iovlen = 1;
  }
  while (steady_clock::now() < end)
    if (sendmmsg(fd, batch.data(), batch.size(), 0) < 0)
      must(Result<void>(system_error("sendmmsg", errno)));
}

// What the receiving side took, per second.
double packets_per_second(const Wire& wire) {
  double rate = 0;
  wire.sender.run([&] {
    pin_to_last_cpu();
    const UniqueFd fd = connect_to_sink();
    const std::uint64_t before = lab::device_statistic("tx_packets");
    const auto begin = steady_clock::now();
    send_batches(fd.get(), begin + kDuration);
    const std::chrono::duration<double> spent = steady_clock::now() - begin;
    rate = static_cast<double>(lab::device_statistic("tx_packets") - before) / spent.count();
  });
  return rate;
}

class Bench {
 public:
  double active() { return measure("/activate"); }
  double inactive() { return measure("/deactivate"); }
  double empty() {
    post("/deactivate");
    std::vector<UniqueFd> links;
    for (const EmptyProgram& program : empty_) links.push_back(must(program.attach()));
    return packets_per_second(wire_);
  }

 private:
  // Where the exporter attaches by itself on this kernel.
  static std::vector<EmptyProgram> empty_programs() {
    std::vector<EmptyProgram> programs;
    for (const HookInfo& hook : hooks())
      for (const Candidate& candidate : candidates(hook, BpfAttach::kAuto, Mechanism::kTpBtf)) {
        auto loaded = load_empty(candidate);
        if (!loaded) continue;
        for (EmptyProgram& program : *loaded) programs.push_back(std::move(program));
        break;
      }
    return programs;
  }

  void post(const std::string& target) const {
    const auto response = must(http_request(exporter_.address(), "POST", target));
    if (response.status != 200) must(Result<void>(Error{.code = 0, .message = response.body}));
  }
  double measure(const std::string& target) const {
    post(target);
    return packets_per_second(wire_);
  }

  const Wire wire_;
  const Target exporter_ = must(Target::exporter());
  const std::vector<EmptyProgram> empty_ = empty_programs();
};

void run() {
  libbpf_set_print(nullptr);
  Bench bench;
  bench.inactive();  // warms up

  std::vector<double> active, inactive, ratios, empty_ratios, over_empty;
  for (int i = 0; i < kBlocks; i++) {
    // Each state once on the way out and once on the way back: a steady drift cancels out.
    const double a1 = bench.active();
    const double e1 = bench.empty();
    const double b1 = bench.inactive();
    const double b2 = bench.inactive();
    const double e2 = bench.empty();
    const double a2 = bench.active();
    active.push_back((a1 + a2) / 2);
    inactive.push_back((b1 + b2) / 2);
    ratios.push_back((a1 + a2) / (b1 + b2));
    empty_ratios.push_back((e1 + e2) / (b1 + b2));
    over_empty.push_back((a1 + a2) / (e1 + e2));
  }
  report({.name = "UDP over veth, all hooks active", .unit = "packets/s", .decimals = 0}, active);
  report({.name = "UDP over veth, inactive", .unit = "packets/s", .decimals = 0}, inactive);
  report({.name = "UDP over veth, active over inactive",
          .unit = "",
          .decimals = 3,
          .required = at_least(0.97)},
         ratios);
  report({.name = "UDP over veth, empty programs over inactive", .unit = "", .decimals = 3},
         empty_ratios);
  report({.name = "UDP over veth, active over empty programs", .unit = "", .decimals = 3},
         over_empty);
}

}  // namespace
}  // namespace packetdrop::bench

int main() { packetdrop::bench::run(); }
