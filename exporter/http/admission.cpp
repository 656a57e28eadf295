// SPDX-License-Identifier: Apache-2.0
// Decides which connection gets a worker, which one waits, and which one loses its worker.
#include "http/admission.h"

#include <netinet/in.h>
#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <span>
#include <system_error>
#include <tuple>

#include "http/arrival.h"
#include "http/civetweb_connection.h"

namespace packetdrop {
namespace {

constexpr int kLookWhileHeldUp = 50;       // milliseconds, until slow clients are looked for again
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

Admission::Admission(Limits limits) : limits_(limits), arrivals_(::epoll_create1(EPOLL_CLOEXEC)) {
  if (!arrivals_) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

int Admission::workers_of(const std::string& network) const {
  const auto found = workers_.find(network);
  return found == workers_.end() ? 0 : found->second;
}

bool Admission::may_have_one(const std::string& network, bool arrived) const {
  return workers_of(network) + (arrived ? 0 : limits_.reserve) < limits_.workers - used_;
}

bool Admission::has_spare(const sockaddr& peer) const {
  const std::lock_guard lock(mutex_);
  return workers_of(network_of(peer)) + limits_.reserve <= limits_.workers - used_;
}

bool Admission::admit(const sockaddr& peer, int socket, const void* listener) {
  std::string network = network_of(peer);
  const std::lock_guard lock(mutex_);
  if (may_have_one(network, false) ||
      (may_have_one(network, true) && has_request_arrived(socket))) {
    workers_[network]++;
    used_++;
    served_[socket].network = std::move(network);
    return true;
  }
  close_impatient();
  queue_.push_back({.connection = {.socket = UniqueFd(socket), .listener = listener},
                    .network = std::move(network),
                    .since = Clock::now()});
  std::memcpy(&queue_.back().connection.peer, &peer, packetdrop_address_size(&peer));
  // Told once of each arrival: half a request that lies there does not ask for anything.
  epoll_event event{.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data = {.fd = socket}};
  ::epoll_ctl(arrivals_.get(), EPOLL_CTL_ADD, socket, &event);
  if (static_cast<int>(queue_.size()) > limits_.waiting) close_of_largest_network();
  return false;
}

std::optional<Admission::Connection> Admission::release(const sockaddr& peer) {
  const std::string network = network_of(peer);
  const std::lock_guard lock(mutex_);
  used_--;
  if (--workers_[network] == 0) workers_.erase(network);
  close_impatient();
  note_arrivals();
  return take(next());
}

std::optional<Admission::Connection> Admission::look() {
  const std::lock_guard lock(mutex_);
  close_impatient();
  note_arrivals();
  auto chosen = take(next());
  if (!chosen) cut_slow_clients();
  return chosen;
}

int Admission::milliseconds_to_look() const {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return -1;
  if (count_held_up() > cut_) return kLookWhileHeldUp;
  const auto left = queue_.front().since + limits_.patience - Clock::now();
  return std::max(static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count()), 0);
}

bool Admission::make_room() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return false;
  close(queue_.begin());
  return true;
}

void Admission::begin(int socket) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    served_[socket].since = Clock::now();
  } catch (const std::exception&) {
    // No memory: this client is not limited.
  }
}

void Admission::set_waiting(int socket, short events) {
  const std::lock_guard lock(mutex_);
  const auto served = served_.find(socket);
  if (served != served_.end()) served->second.waiting = events;
}

void Admission::end(int socket) {
  const std::lock_guard lock(mutex_);
  const auto served = served_.find(socket);
  if (served == served_.end()) return;
  if (served->second.cut) cut_--;
  served_.erase(served);
}

void Admission::close(Queue::iterator waiting) {
  queue_.erase(waiting);
  refused_++;
}

void Admission::close_impatient() {
  const Clock::time_point now = Clock::now();
  while (!queue_.empty() && now - queue_.front().since >= limits_.patience) close(queue_.begin());
}

void Admission::close_of_largest_network() {
  std::map<std::string, int> sizes;
  for (const Waiting& waiting : queue_) sizes[waiting.network]++;
  const auto largest =
      std::ranges::max_element(sizes, {}, [](const auto& entry) { return entry.second; });
  close(std::ranges::find(queue_, largest->first, &Waiting::network));
}

void Admission::note_arrivals() {
  std::array<epoll_event, 64> events;
  int count = 0;
  while ((count = ::epoll_wait(arrivals_.get(), events.data(), events.size(), 0)) > 0)
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(count)))
      for (Waiting& waiting : queue_)
        if (waiting.connection.socket.get() == event.data.fd)
          waiting.arrived = has_request_arrived(event.data.fd);
}

int Admission::count_held_up() const {
  return static_cast<int>(std::ranges::count_if(queue_, &Waiting::arrived));
}

// The client that has kept its worker waiting longest, since before `latest`. With a network, only
// clients of that network.
Admission::Clients::iterator Admission::slowest_client(Clock::time_point latest,
                                                       const std::string* network) {
  auto slowest = served_.end();
  for (auto served = served_.begin(); served != served_.end(); ++served) {
    const Served& client = served->second;
    if (client.waiting == 0 || client.cut || client.since > latest) continue;
    if (slowest != served_.end() && client.since >= slowest->second.since) continue;
    if (network == nullptr || client.network == *network) slowest = served;
  }
  return slowest;
}

// The slowest first, and no more than there are requests to answer. The worker sees the end of the
// connection and ends.
void Admission::cut_slow_clients() {
  const int held_up = count_held_up();
  const auto grace =
      std::max(limits_.least_grace, limits_.grace * limits_.workers / (limits_.workers + held_up));
  const Clock::time_point latest = Clock::now() - grace;
  for (const Waiting& waiting : queue_) {
    if (cut_ >= held_up) return;
    if (!waiting.arrived) continue;
    // A network that has more than its share gets another worker for one of its own only.
    const bool over_its_share = workers_of(waiting.network) > limits_.workers - used_;
    const auto slowest = slowest_client(latest, over_its_share ? &waiting.network : nullptr);
    if (slowest == served_.end()) continue;
    slowest->second.cut = true;
    cut_++;
    ::shutdown(slowest->first, (slowest->second.waiting & POLLIN) != 0 ? SHUT_RD : SHUT_RDWR);
  }
}

Admission::Queue::iterator Admission::next() {
  auto best = queue_.end();
  std::tuple<bool, int> best_rank;
  for (auto waiting = queue_.begin(); waiting != queue_.end(); ++waiting) {
    if (!may_have_one(waiting->network, waiting->arrived)) continue;
    const std::tuple rank{!waiting->arrived, workers_of(waiting->network)};
    if (best != queue_.end() && best_rank <= rank) continue;
    best = waiting;
    best_rank = rank;
  }
  return best;
}

std::optional<Admission::Connection> Admission::take(Queue::iterator chosen) {
  if (chosen == queue_.end()) return std::nullopt;
  workers_[chosen->network]++;
  used_++;
  Connection connection = std::move(chosen->connection);
  served_[connection.socket.get()].network = std::move(chosen->network);
  ::epoll_ctl(arrivals_.get(), EPOLL_CTL_DEL, connection.socket.get(), nullptr);
  queue_.erase(chosen);
  return connection;
}

}  // namespace packetdrop
