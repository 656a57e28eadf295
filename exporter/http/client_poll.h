// SPDX-License-Identifier: Apache-2.0
// How the server's threads wait for clients: without an end, until something is to be done.
#pragma once

#include <poll.h>

#include <functional>
#include <span>
#include <vector>

#include "base/unique_fd.h"
#include "http/admission.h"

namespace packetdrop {

// Thread-safe but wait_for_clients(), which is the accepting thread's. The results are as poll()'s.
class ClientPoll {
 public:
  using Resume = std::function<void(Admission::Connection)>;

  // `admission` must outlive it; `resume` gives a worker to who has waited for one.
  ClientPoll(Admission& admission, Resume resume);

  // Until somebody connects to one of the listeners, or stop().
  int wait_for_clients(std::span<pollfd> listeners) noexcept;

  // Until that client's socket is ready, the time has passed, or stop(), which is an error.
  int wait_for_client(pollfd& client, int milliseconds) noexcept;

  // Ends all waits, those to come too.
  void stop() noexcept;

 private:
  Admission& admission_;
  const Resume resume_;
  UniqueFd stop_;  // an eventfd
  std::vector<pollfd> waits_;
};

}  // namespace packetdrop
