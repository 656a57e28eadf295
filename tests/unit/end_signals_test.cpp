// SPDX-License-Identifier: Apache-2.0
// A start that waits is ended by SIGTERM and SIGINT, whatever it waits for.
#include "base/end_signals.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "api/service.h"
#include "support/folder.h"

namespace packetdrop {
namespace {

constexpr int kWentOn = 7;
constexpr int kFailed = 8;

// In a process of its own: as a start that `signal` comes to before it gets to where it may wait.
[[noreturn]] void start_with(int signal, ServerOptions options) {
  block_end_signals();
  ::kill(::getpid(), signal);
  Controller controller{std::vector<std::unique_ptr<Source>>()};
  ::_exit(Service::start(std::move(options), controller, {}) ? kWentOn : kFailed);
}

// By their name they come first: before a test has left threads behind, which fork() leaves out.
TEST(EndSignalsDeathTest, end_a_wait_for_a_web_configuration) {
  const Folder folder;
  folder.write("web.yml", "");  // lets in everybody, and is new
  for (const int signal : {SIGTERM, SIGINT})
    EXPECT_EXIT(start_with(signal, {.listen_addresses = {"127.0.0.1:0"},
                                    .web_config_file = folder.path("web.yml")}),
                testing::ExitedWithCode(0), "");
}

TEST(EndSignalsDeathTest, end_a_wait_for_the_resolver) {
  for (const int signal : {SIGTERM, SIGINT})
    EXPECT_EXIT(start_with(signal, {.listen_addresses = {"localhost:0"}}),
                testing::ExitedWithCode(0), "");
}

// SIGHUP ends nothing, and what serves ends by sigwait().
TEST(EndSignalsDeathTest, come_to_nobody_else) {
  EXPECT_EXIT(start_with(SIGHUP, {.listen_addresses = {"127.0.0.1:0"}}),
              testing::ExitedWithCode(kWentOn), "");
  EXPECT_EXIT(
      {
        block_end_signals();
        { const EndsAtOnce waits; }
        ::kill(::getpid(), SIGTERM);
        ::_exit(kWentOn);
      },
      testing::ExitedWithCode(kWentOn), "");
}

}  // namespace
}  // namespace packetdrop
