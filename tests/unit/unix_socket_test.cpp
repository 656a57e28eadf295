// SPDX-License-Identifier: Apache-2.0
// What is where a Unix socket is to listen: it makes way only where nobody has it open any more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/unique_fd.h"
#include "http/listen_address.h"
#include "http_fixture.h"
#include "support/folder.h"

namespace packetdrop {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class UnixSocket : public HttpFixture {
 protected:
  void SetUp() override {}

  // Of another program; backlog -1: it is bound, and does not listen.
  UniqueFd bind_other(int type, int backlog = -1) const {
    UniqueFd other(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
    sockaddr_un name{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(name.sun_path, sizeof(name.sun_path) - 1);
    EXPECT_EQ(::bind(other.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)), 0);
    if (backlog >= 0) {
      EXPECT_EQ(::listen(other.get(), backlog), 0);
    }
    return other;
  }
  // Clients that nobody accepts, until no more can connect.
  std::vector<UniqueFd> fill_backlog() const {
    std::vector<UniqueFd> clients;
    sockaddr_un name{.sun_family = AF_UNIX, .sun_path = {}};
    path.copy(name.sun_path, sizeof(name.sun_path) - 1);
    do clients.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    while (::connect(clients.back().get(), reinterpret_cast<const sockaddr*>(&name),
                     sizeof(name)) == 0);
    EXPECT_EQ(errno, EAGAIN);
    return clients;
  }
  void expect_in_use() {
    struct stat before {};
    ASSERT_EQ(::lstat(path.c_str(), &before), 0);
    const auto started = Service::start({.listen_addresses = {"unix:" + path}}, *no_source(), {});
    ASSERT_FALSE(started);
    EXPECT_THAT(started.error().message, AllOf(StartsWith("--web.listen-address: "),
                                               HasSubstr("unix:" + path), HasSubstr("in use")));
    struct stat after {};
    ASSERT_EQ(::lstat(path.c_str(), &after), 0) << "somebody else's socket was removed";
    EXPECT_EQ(after.st_ino, before.st_ino);
  }
  Controller* no_source() {
    controller = std::make_unique<Controller>(std::vector<std::unique_ptr<Source>>());
    return controller.get();
  }

  const Folder folder;
  const std::string path = folder.path("s");
};

TEST_F(UnixSocket, that_nobody_has_open_makes_way) {
  for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
    bind_other(type);
    start({.listen_addresses = {"unix:" + path}});
    server.reset();
  }
}

TEST_F(UnixSocket, of_a_server_is_in_use) {
  const UniqueFd other = bind_other(SOCK_STREAM, 5);
  expect_in_use();
}

// A client that waits for a place would wait for ever.
TEST_F(UnixSocket, of_a_server_that_accepts_nobody_is_in_use) {
  const UniqueFd other = bind_other(SOCK_STREAM, 0);
  const auto clients = fill_backlog();
  expect_in_use();
}

TEST_F(UnixSocket, of_a_server_that_does_not_listen_yet_is_in_use) {
  const UniqueFd other = bind_other(SOCK_STREAM);
  expect_in_use();
}

TEST_F(UnixSocket, of_another_type_is_in_use) {
  {
    const UniqueFd other = bind_other(SOCK_DGRAM);
    expect_in_use();
    ASSERT_EQ(::unlink(path.c_str()), 0);
  }
  const UniqueFd other = bind_other(SOCK_SEQPACKET, 5);
  expect_in_use();
}

// Whether anybody has it open cannot be found out: no descriptor is left to ask with.
TEST_F(UnixSocket, that_cannot_be_asked_stays_there) {
  { const UniqueFd other = bind_other(SOCK_STREAM); }
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto made = make_way_for_socket("unix:" + path);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, AllOf(HasSubstr("unix:" + path), HasSubstr("open files")));
  EXPECT_EQ(::access(path.c_str(), F_OK), 0) << "it was removed";
}

}  // namespace
}  // namespace packetdrop
