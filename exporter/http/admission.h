// SPDX-License-Identifier: Apache-2.0
// Who gets one of the server's workers, who waits for one, and who has to give it back.
//
// A connection holds a worker for as long as it is open, so an address that opens many must not
// have them all: it may hold as many as are left free, which is half of them for one such address,
// a third each for two. Others wait here, as an open socket and nothing else. Some workers are only
// for connections whose request has arrived; and while such a one waits for a worker, a client that
// lets its own wait for too long loses it.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

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
    int reserve = 0;                     // of these, for requests that have arrived
    int waiting = 0;                     // sockets in all
    std::chrono::milliseconds patience;  // a connection that waited for so long is closed
    // A worker waits for its client for so long, while a request that has arrived waits for a
    // worker; less where many wait, down to `least_grace`.
    std::chrono::milliseconds grace = std::chrono::seconds(1);
    std::chrono::milliseconds least_grace = std::chrono::milliseconds(100);
  };

  explicit Admission(Limits limits);

  // True: a worker is its, until release(). False: it waits, and where there are too many one of
  // those that wait is closed, of the network that has the most of them.
  bool admit(const sockaddr& peer, int socket, const void* listener);

  // The worker of this peer's connection is free again. Returns who gets it, now or never: one
  // whose request has arrived before one whose has not, then whose network has the fewest, then the
  // oldest.
  std::optional<Connection> release(const sockaddr& peer);

  // No descriptor is left: closes what waited the longest, if anything waits.
  bool make_room();

  // Whether few enough workers are in use, in all and by this peer's network, for idle clients.
  bool has_spare(const sockaddr& peer) const;

  // Readable when something has arrived of a connection that waits; look() is to be called then.
  int arrivals() const { return arrivals_.get(); }

  // Closes what waited or made others wait for too long. Returns who gets a worker, one at a time,
  // until there is nobody.
  std::optional<Connection> look();

  // When look() is to be called next where nothing arrives; -1: never.
  int milliseconds_to_look() const;

  // A worker begins with the connection on `socket`, or with another step of it: a request, an
  // answer. Its client's time starts from here.
  void begin(int socket) noexcept;
  // The worker waits for its client, until the socket has one of these events of poll(); or 0: it
  // does not any more.
  void set_waiting(int socket, short events);
  // Before the socket is closed.
  void end(int socket);

  // Closed without an answer.
  std::uint64_t refused() const { return refused_; }

 private:
  struct Waiting {
    Connection connection;
    std::string network;
    Clock::time_point since;
    bool arrived = false;  // its request
  };
  using Queue = std::list<Waiting>;

  struct Served {
    std::string network;
    Clock::time_point since;
    short waiting = 0;  // for these events
    bool cut = false;
  };

  using Clients = std::map<int, Served>;

  bool may_have_one(const std::string& network, bool arrived) const;
  int workers_of(const std::string& network) const;
  void note_arrivals();
  void close(Queue::iterator waiting);
  void close_impatient();
  void close_of_largest_network();
  void cut_slow_clients();
  // Those who wait though their request has arrived.
  int count_held_up() const;
  Clients::iterator slowest_client(Clock::time_point latest, const std::string* network);
  Queue::iterator next();
  std::optional<Connection> take(Queue::iterator chosen);

  const Limits limits_;
  UniqueFd arrivals_;  // an epoll of the sockets in the queue
  mutable std::mutex mutex_;
  std::map<std::string, int> workers_;  // in use, by network
  int used_ = 0;                        // their sum
  Queue queue_;                         // the oldest first
  Clients served_;                      // by socket
  int cut_ = 0;                         // of `served_`, to be free soon
  std::atomic<std::uint64_t> refused_ = 0;
};

}  // namespace packetdrop
