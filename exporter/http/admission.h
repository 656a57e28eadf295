// SPDX-License-Identifier: Apache-2.0
// Who gets one of the server's workers, and who waits for one.
//
// A connection holds a worker for as long as it is open, so an address that opens many must not
// have them all: it may hold as many as are left free, which is half of them for one such address,
// a third each for two. Others wait here, as an open socket and nothing else.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/unique_fd.h"

namespace packetdrop {

// A peer's network: an IPv4 address (mapped into IPv6 or not), the first 64 bits of an IPv6 one, or
// all of a Unix socket's peers.
std::string network_of(const sockaddr& peer);

// Thread-safe.
class Admission {
 public:
  using Clock = std::chrono::steady_clock;

  // As the kernel accepted it; `listener` is the server's own.
  struct Connection {
    UniqueFd socket;
    const void* listener = nullptr;
    sockaddr_storage peer{};
  };

  struct Limits {
    int workers = 0;
    int waiting = 0;                     // sockets in all
    std::chrono::milliseconds patience;  // a connection that waited for so long is closed
  };

  explicit Admission(Limits limits) : limits_(limits) {}

  // True: a worker is its, until release(). False: it waits, and where there are too many one of
  // those that wait is closed, of the network that has the most of them.
  bool admit(const sockaddr& peer, int socket, const void* listener);

  // The worker of this peer's connection is free again. Returns who gets it, now or never: one that
  // has sent something before one that has not, then whose network has the fewest, then the oldest.
  std::optional<Connection> release(const sockaddr& peer);

  // No descriptor is left: closes what waited the longest, if anything waits.
  bool make_room();

  // Whether few enough workers are in use, in all and by this peer's network, for idle clients.
  bool has_spare(const sockaddr& peer, int spare) const;

  // Closed without an answer.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Waiting {
    Connection connection;
    std::string network;
    Clock::time_point since;
  };
  using Queue = std::list<Waiting>;

  bool may_have_one(const std::string& network) const;
  int workers_of(const std::string& network) const;
  void close(Queue::iterator waiting);
  void close_impatient();
  void close_of_largest_network();
  Queue::iterator next();

  const Limits limits_;
  mutable std::mutex mutex_;
  std::map<std::string, int> workers_;  // in use, by network
  int used_ = 0;                        // their sum
  Queue queue_;                         // the oldest first
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace packetdrop
