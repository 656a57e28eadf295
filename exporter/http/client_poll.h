// SPDX-License-Identifier: Apache-2.0
// How the server's threads wait for clients: without a timeout, until there is work.
#pragma once

#include <poll.h>

#include <functional>
#include <span>
#include <vector>

#include "base/unique_fd.h"
#include "http/admission.h"

namespace packetdrop {

// Thread-safe, except wait_for_clients(): only the accepting thread calls it. Results are those of
// poll().
class ClientPoll {
 public:
  using Resume = std::function<void(Admission::Connection)>;

  // `admission` must outlive it. `resume` gives a worker to a connection that waited for one.
  ClientPoll(Admission& admission, Resume resume);

  // Until somebody connects to one of the listeners, or stop().
  int wait_for_clients(std::span<pollfd> listeners) noexcept;

  // Until that client's socket is ready, the time has passed, or stop(), which is an error.
  int wait_for_client(pollfd& client, int milliseconds) noexcept;

  // Ends all waits, and all later ones.
  void stop() noexcept;

 private:
  Admission& admission_;
  const Resume resume_;
  UniqueFd stop_;  // an eventfd
  std::vector<pollfd> waits_;
};

}  // namespace packetdrop
