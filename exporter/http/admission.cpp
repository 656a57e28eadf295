// SPDX-License-Identifier: Apache-2.0
// Who gets one of the server's workers, and who waits for one.
#include "http/admission.h"

#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cstring>
#include <tuple>
#include <vector>

#include "http/civetweb_connection.h"

namespace packetdrop {
namespace {

constexpr std::size_t kNetworkOfIpv6 = 8;  // bytes: what one host is commonly given

}  // namespace

std::string network_of(const sockaddr& peer) {
  if (peer.sa_family == AF_INET) {
    sockaddr_in ipv4{};
    std::memcpy(&ipv4, &peer, sizeof(ipv4));
    return {reinterpret_cast<const char*>(&ipv4.sin_addr), sizeof(ipv4.sin_addr)};
  }
  if (peer.sa_family != AF_INET6) return {};
  sockaddr_in6 ipv6{};
  std::memcpy(&ipv6, &peer, sizeof(ipv6));
  const char* const bytes = reinterpret_cast<const char*>(&ipv6.sin6_addr);
  if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) return {bytes + 12, sizeof(in_addr)};
  return {bytes, kNetworkOfIpv6};
}

int Admission::workers_of(const std::string& network) const {
  const auto found = workers_.find(network);
  return found == workers_.end() ? 0 : found->second;
}

bool Admission::may_have_one(const std::string& network) const {
  return workers_of(network) < limits_.workers - used_;
}

bool Admission::has_spare(const sockaddr& peer, int spare) const {
  const std::lock_guard lock(mutex_);
  return workers_of(network_of(peer)) + spare <= limits_.workers - used_;
}

bool Admission::admit(const sockaddr& peer, int socket, const void* listener) {
  std::string network = network_of(peer);
  const std::lock_guard lock(mutex_);
  if (may_have_one(network)) {
    workers_[network]++;
    used_++;
    return true;
  }
  close_impatient();
  queue_.push_back({.connection = {.socket = UniqueFd(socket), .listener = listener},
                    .network = std::move(network),
                    .since = Clock::now()});
  std::memcpy(&queue_.back().connection.peer, &peer, packetdrop_address_size(&peer));
  if (static_cast<int>(queue_.size()) > limits_.waiting) close_of_largest_network();
  return false;
}

std::optional<Admission::Connection> Admission::release(const sockaddr& peer) {
  const std::string network = network_of(peer);
  const std::lock_guard lock(mutex_);
  used_--;
  if (--workers_[network] == 0) workers_.erase(network);
  close_impatient();
  const auto chosen = next();
  if (chosen == queue_.end()) return std::nullopt;
  workers_[chosen->network]++;
  used_++;
  Connection connection = std::move(chosen->connection);
  queue_.erase(chosen);
  return connection;
}

bool Admission::make_room() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return false;
  close(queue_.begin());
  return true;
}

void Admission::close(Queue::iterator waiting) {
  queue_.erase(waiting);
  refused_++;
}

void Admission::close_impatient() {
  const Clock::time_point now = Clock::now();
  while (!queue_.empty() && now - queue_.front().since > limits_.patience) close(queue_.begin());
}

void Admission::close_of_largest_network() {
  std::map<std::string, int> sizes;
  for (const Waiting& waiting : queue_) sizes[waiting.network]++;
  const auto largest =
      std::ranges::max_element(sizes, {}, [](const auto& entry) { return entry.second; });
  close(std::ranges::find(queue_, largest->first, &Waiting::network));
}

Admission::Queue::iterator Admission::next() {
  std::vector<pollfd> sockets;
  sockets.reserve(queue_.size());
  for (const Waiting& waiting : queue_)
    sockets.push_back({.fd = waiting.connection.socket.get(), .events = POLLIN, .revents = 0});
  ::poll(sockets.data(), sockets.size(), 0);

  auto best = queue_.end();
  std::tuple<bool, int> best_rank;
  auto socket = sockets.begin();
  for (auto waiting = queue_.begin(); waiting != queue_.end(); ++waiting, ++socket) {
    if (!may_have_one(waiting->network)) continue;
    const std::tuple rank{socket->revents == 0, workers_of(waiting->network)};
    if (best != queue_.end() && best_rank <= rank) continue;
    best = waiting;
    best_rank = rank;
  }
  return best;
}

}  // namespace packetdrop
