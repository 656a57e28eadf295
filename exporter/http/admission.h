// SPDX-License-Identifier: Apache-2.0
// Decides which connection gets a worker, which one waits, and which one loses its worker.
//
// A connection holds a worker as long as it is open, so one network must not get all workers. A
// network may hold as many workers as are left free: half of them for one such network, a third
// each for two. Other connections wait here as open sockets. Some workers are reserved for
// connections whose request has arrived. While such a connection waits, the slowest client that
// has a worker loses it.
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

// A peer's network: an IPv4 address (mapped into IPv6 or not), the first 64 bits of an IPv6
// address, or one network for all peers of Unix sockets.
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
    // How long a worker waits for its client while a request that has arrived waits for a worker.
    // It is less if many wait, down to `least_grace`.
    std::chrono::milliseconds grace = std::chrono::seconds(1);
    std::chrono::milliseconds least_grace = std::chrono::milliseconds(100);
  };

  explicit Admission(Limits limits);

  // True: the connection has a worker until release(). False: it waits. If too many wait, one of
  // the network with the most waiting connections is closed.
  bool admit(const sockaddr& peer, int socket, const void* listener);

  // Frees the worker of this peer's connection. Returns the waiting connection that gets it: first
  // one whose request has arrived, then one whose network has the fewest workers, then the oldest.
  std::optional<Connection> release(const sockaddr& peer);

  // For when no descriptor is left: closes the connection that waited longest, if one waits.
  bool make_room();

  // Whether an idle client may keep its worker: few enough are in use, in total and by its network.
  bool has_spare(const sockaddr& peer) const;

  // Readable when a waiting connection has received something: call look() then.
  int arrivals() const { return arrivals_.get(); }

  // Closes connections that waited too long, and those that made others wait too long. Returns the
  // next connection that gets a worker; call it until it returns nothing.
  std::optional<Connection> look();

  // Milliseconds until the next look() if nothing arrives; -1: never.
  int milliseconds_to_look() const;

  // A worker begins with the connection on `socket`, or with its next step (a request, an answer).
  // The client's time starts here.
  void begin(int socket) noexcept;
  // The worker waits until the socket has one of these poll() events; 0: it stopped waiting.
  void set_waiting(int socket, short events);
  // Call it before the socket is closed.
  void end(int socket);

  // Connections that were closed without an answer.
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
  // Waiting connections whose request has arrived.
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
