// SPDX-License-Identifier: Apache-2.0
// Two network namespaces, the veth pair between them, and how many datagrams a second it takes.
#include "bench/wire.h"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "bench/report.h"
#include "lab/sender.h"

namespace packetdrop::bench {
namespace {

using std::chrono::steady_clock;

constexpr auto kDuration = std::chrono::milliseconds(500);
constexpr std::size_t kPayload = 22;  // 64 bytes with UDP, IPv4 and Ethernet headers
constexpr std::size_t kBatch = 64;
constexpr double kStrays = 0.001;  // of what was sent, that may have another fate
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

// Datagrams of one system call each way.
class Batch {
 public:
  Batch() {
    for (mmsghdr& message : messages_) {
      message.msg_hdr.msg_iov = &part_;
      message.msg_hdr.msg_iovlen = 1;
    }
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::size_t send(int fd) {
    const int sent = sendmmsg(fd, messages_.data(), messages_.size(), 0);
    if (sent < 0) must(Result<void>(system_error("sendmmsg", errno)));
    return static_cast<std::size_t>(sent);
  }
  // As many as are there, up to a batch.
  std::size_t receive(int fd) {
    const int received = recvmmsg(fd, messages_.data(), messages_.size(), MSG_DONTWAIT, nullptr);
    if (received < 0 && errno != EAGAIN) must(Result<void>(system_error("recvmmsg", errno)));
    return received < 0 ? 0 : static_cast<std::size_t>(received);
  }

 private:
  std::array<char, kPayload> payload_{};
  iovec part_{.iov_base = payload_.data(), .iov_len = payload_.size()};
  std::array<mmsghdr, kBatch> messages_{};
};

std::size_t drain(Batch& batch, int fd) {
  std::size_t all = 0;
  while (const std::size_t received = batch.receive(fd)) all += received;
  return all;
}

// Until the socket takes no more.
void fill(Batch& batch, int fd, int sink) {
  drain(batch, sink);
  int room = 0;
  socklen_t size = sizeof(room);
  getsockopt(sink, SOL_SOCKET, SO_RCVBUF, &room, &size);
  // Each datagram takes more than its payload of the buffer.
  for (std::size_t sent = 0; sent * kPayload < static_cast<std::size_t>(room);)
    sent += batch.send(fd);
}

std::uint32_t dropped_by(int socket) {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t size = sizeof(info);
  if (getsockopt(socket, SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0)
    must(Result<void>(system_error("SO_MEMINFO", errno)));
  return info[SK_MEMINFO_DROPS];
}

void require_most(std::size_t count, std::size_t sent, Fate fate) {
  if (static_cast<double>(count) >= (1 - kStrays) * static_cast<double>(sent)) return;
  must(Result<void>(Error{.code = 0,
                          .message = std::to_string(count) + " of " + std::to_string(sent) +
                                     " datagrams were " +
                                     (fate == Fate::kDelivered ? "delivered" : "dropped")}));
}

}  // namespace

Wire::Wire() : sender_(must(lab::NetNs::create())), receiver_(must(lab::NetNs::create())) {
  must(sender_.ip("link add name left type veth peer name right netns " + receiver_.path()));
  must(sender_.ip("address add 192.0.2.1/24 dev left"));
  must(receiver_.ip("address add 192.0.2.2/24 dev right"));
  must(sender_.ip("link set left up"));
  must(receiver_.ip("link set right up"));
  sink_ = must(lab::open_sink(receiver_));
}

double Wire::packets_per_second(Fate fate) const {
  double rate = 0;
  sender_.run([&] {
    pin_to_last_cpu();
    const UniqueFd fd = connect_to_sink();
    Batch batch;
    if (fate == Fate::kDropped)
      fill(batch, fd.get(), sink_.get());
    else
      drain(batch, sink_.get());

    std::size_t sent = 0, received = 0;
    const std::uint32_t dropped_before = dropped_by(sink_.get());
    std::vector<double> seconds;  // of each datagram, batch by batch
    const auto begin = steady_clock::now();
    for (auto now = begin; now < begin + kDuration;) {
      const std::size_t count = batch.send(fd.get());
      sent += count;
      if (fate == Fate::kDelivered) received += batch.receive(sink_.get());
      const auto later = steady_clock::now();
      seconds.push_back(std::chrono::duration<double>(later - now).count() /
                        static_cast<double>(count));
      now = later;
    }
    if (fate == Fate::kDelivered) received += drain(batch, sink_.get());
    const std::uint32_t dropped = dropped_by(sink_.get()) - dropped_before;
    require_most(fate == Fate::kDelivered ? received : dropped, sent, fate);
    rate = 1 / median(std::move(seconds));
  });
  return rate;
}

}  // namespace packetdrop::bench
