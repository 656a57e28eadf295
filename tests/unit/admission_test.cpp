// SPDX-License-Identifier: Apache-2.0
// Who gets a worker, who waits, and who loses one.
#include "http/admission.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <list>
#include <string>

#include "base/unique_fd.h"

namespace packetdrop {
namespace {

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kClientHello("\x16\x03\x01\x00\x02\x01\x00", 7);

// A client with an address of its own; the server's end is Admission's once that waits.
struct Client {
  // `network` is the last of its address.
  explicit Client(int network) {
    std::array<int, 2> pair{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()), 0);
    own = UniqueFd(pair[0]);
    served = UniqueFd(pair[1]);
    auto& ipv4 = reinterpret_cast<sockaddr_in&>(storage);
    ipv4.sin_family = AF_INET;
    ipv4.sin_addr.s_addr = htonl(0x0a000000u + static_cast<unsigned>(network));
  }
  const sockaddr& peer() const { return reinterpret_cast<const sockaddr&>(storage); }
  void send(std::string_view text) const { ::send(own.get(), text.data(), text.size(), 0); }
  // Whether what the client is served by has come to an end.
  bool is_ended() const {
    char byte = 0;
    return ::recv(own.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }

  UniqueFd own;
  UniqueFd served;
  sockaddr_storage storage{};
};

class AdmissionTest : public testing::Test {
 protected:
  Client& client_of(int network, std::string_view sent) {
    clients_.emplace_back(network);
    clients_.back().send(sent);
    return clients_.back();
  }
  // Each of a network of its own.
  Client& client(std::string_view sent) {
    return client_of(static_cast<int>(clients_.size()), sent);
  }
  // One that has a worker and keeps it waiting.
  Client& slow_client_of(int network) {
    Client& client = client_of(network, kRequest);
    EXPECT_TRUE(admit(client));
    std::array<char, 64> read{};
    ::recv(client.served.get(), read.data(), read.size(), 0);
    admission_.set_waiting(client.served.get(), POLLOUT);
    return client;
  }
  bool admit(Client& client) {
    const int socket = client.served.get();
    const bool admitted = admission_.admit(client.peer(), socket, nullptr);
    if (!admitted) (void)client.served.release();
    if (admitted) admission_.begin(socket);
    return admitted;
  }
  bool has_arrivals() const {
    pollfd arrivals{.fd = admission_.arrivals(), .events = POLLIN, .revents = 0};
    return ::poll(&arrivals, 1, 0) == 1;
  }

  std::list<Client> clients_;
  Admission admission_{{.workers = 4,
                        .reserve = 2,
                        .waiting = 8,
                        .patience = std::chrono::seconds(100),
                        .grace = std::chrono::milliseconds(0),
                        .least_grace = std::chrono::milliseconds(0)}};
};

TEST_F(AdmissionTest, the_reserve_is_for_requests_that_have_arrived) {
  for (const std::string_view half : {"", "GET / HTTP/1.1\r\nHost: "})
    EXPECT_TRUE(admit(client(half)));
  for (const std::string_view half :
       {std::string_view(), std::string_view("GET /"), kClientHello.substr(0, 6)})
    EXPECT_FALSE(admit(client(half))) << half;
  EXPECT_TRUE(admit(client(kRequest)));
  EXPECT_TRUE(admit(client(kClientHello)));
  EXPECT_FALSE(admit(client(kRequest)));
}

TEST_F(AdmissionTest, who_waits_gets_one_when_the_request_has_arrived) {
  EXPECT_TRUE(admit(client("")));
  EXPECT_TRUE(admit(client("")));
  Client& slow = client("GET / ");
  Client& next = client("GET / ");
  EXPECT_FALSE(admit(slow));
  EXPECT_FALSE(admit(next));
  EXPECT_FALSE(admission_.look());
  EXPECT_FALSE(has_arrivals());
  next.send("HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(has_arrivals());
  const auto chosen = admission_.look();
  ASSERT_TRUE(chosen);
  EXPECT_EQ(network_of(reinterpret_cast<const sockaddr&>(chosen->peer)), network_of(next.peer()));
  EXPECT_FALSE(admission_.look());
}

TEST_F(AdmissionTest, a_client_is_cut_only_while_a_request_that_has_arrived_waits) {
  std::array<Client*, 4> slow{};
  for (Client*& each : slow) {
    each = &client(kRequest);
    ASSERT_TRUE(admit(*each));
    std::array<char, 64> read{};
    ::recv(each->served.get(), read.data(), read.size(), 0);
    admission_.set_waiting(each->served.get(), POLLOUT);
  }
  EXPECT_FALSE(admit(client("GET / ")));
  EXPECT_FALSE(admission_.look());
  for (const Client* each : slow) EXPECT_FALSE(each->is_ended());
  EXPECT_FALSE(admit(client(kRequest)));
  EXPECT_FALSE(admission_.look());
  EXPECT_TRUE(slow[0]->is_ended());
  EXPECT_FALSE(admission_.look());  // one waits, so one is enough
  for (int i = 1; i < 4; i++) EXPECT_FALSE(slow[static_cast<std::size_t>(i)]->is_ended()) << i;
  admission_.end(slow[0]->served.get());
  EXPECT_TRUE(admission_.release(slow[0]->peer()));
}

TEST_F(AdmissionTest, a_network_beyond_its_share_loses_a_slow_client_of_its_own) {
  Client& other = slow_client_of(2);
  std::array<Client*, 2> own{&slow_client_of(1), &slow_client_of(1)};
  EXPECT_FALSE(admit(client_of(1, kRequest)));  // two of four are in use by it, one is free
  EXPECT_FALSE(admission_.look());
  EXPECT_TRUE(own[0]->is_ended());
  EXPECT_FALSE(own[1]->is_ended());
  EXPECT_FALSE(other.is_ended()) << "its worker would be no help";
  admission_.end(own[0]->served.get());
  EXPECT_TRUE(admission_.release(own[0]->peer()));
}

TEST_F(AdmissionTest, a_worker_that_works_is_not_cut) {
  std::array<Client*, 4> busy{};
  for (Client*& each : busy) ASSERT_TRUE(admit(*(each = &client(kRequest))));
  EXPECT_FALSE(admit(client(kRequest)));
  EXPECT_FALSE(admission_.look());
  for (const Client* each : busy) EXPECT_FALSE(each->is_ended());
}

TEST_F(AdmissionTest, nothing_is_looked_for_while_nobody_waits) {
  EXPECT_EQ(admission_.milliseconds_to_look(), -1);
  EXPECT_TRUE(admit(client("")));
  EXPECT_EQ(admission_.milliseconds_to_look(), -1);
}

}  // namespace
}  // namespace packetdrop
