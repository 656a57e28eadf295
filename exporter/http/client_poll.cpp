// SPDX-License-Identifier: Apache-2.0
// How the server's threads wait for clients.
#include "http/client_poll.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

namespace packetdrop {
namespace {

// civetweb looks at its own clock between two waits for a client that does not read.
constexpr int kLongestToSend = 1000;  // milliseconds
constexpr int kNextTry = 50;          // milliseconds, where there was no memory

}  // namespace

ClientPoll::ClientPoll(Admission& admission, Resume resume)
    : admission_(admission), resume_(std::move(resume)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (!stop_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

int ClientPoll::wait_for_clients(std::span<pollfd> listeners) noexcept {
  try {
    waits_.assign(listeners.begin(), listeners.end());
    waits_.push_back({.fd = admission_.arrivals(), .events = POLLIN, .revents = 0});
    waits_.push_back({.fd = stop_.get(), .events = POLLIN, .revents = 0});
    while (true) {
      if (::poll(waits_.data(), waits_.size(), admission_.milliseconds_to_look()) < 0) return -1;
      if (waits_.back().revents != 0) return 0;
      while (auto next = admission_.look()) resume_(*std::move(next));
      std::copy_n(waits_.begin(), listeners.size(), listeners.begin());
      const auto ready =
          std::ranges::count_if(listeners, [](const pollfd& each) { return each.revents != 0; });
      errno = 0;  // civetweb asks for it in any case
      if (ready > 0) return static_cast<int>(ready);
    }
  } catch (const std::exception&) {
    ::poll(nullptr, 0, kNextTry);  // this is asked again at once
    errno = ENOMEM;
    return -1;
  }
}

int ClientPoll::wait_for_client(pollfd& client, int milliseconds) noexcept {
  if ((client.events & POLLOUT) != 0) milliseconds = std::min(milliseconds, kLongestToSend);
  std::array<pollfd, 2> waits{client, {.fd = stop_.get(), .events = POLLIN, .revents = 0}};
  admission_.set_waiting(client.fd, client.events);
  const int ready = ::poll(waits.data(), waits.size(), milliseconds);
  admission_.set_waiting(client.fd, 0);
  client.revents = waits[0].revents;
  if (ready > 0 && waits[1].revents != 0) {
    errno = ECANCELED;
    return -1;
  }
  if (ready >= 0) errno = 0;
  return ready;
}

void ClientPoll::stop() noexcept {
  // Nothing else ends the waits, so try again if it fails.
  for (int more = 100; ::eventfd_write(stop_.get(), 1) != 0 && more > 0; more--) {
  }
}

}  // namespace packetdrop
