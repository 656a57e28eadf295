// SPDX-License-Identifier: Apache-2.0
// Who guesses passwords does not keep others from having theirs checked.
#include "web_config/turn_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace packetdrop {
namespace {

using Turn = std::unique_ptr<TurnQueue::Turn>;

class Turns : public testing::Test {
 protected:
  // Waits elsewhere; has its place when this returns, or was turned away.
  std::future<Turn> wait_for_turn(const std::string& network) {
    const int before = queue.waiting();
    auto turn = std::async(std::launch::async, [this, network] { return queue.wait(network); });
    while (queue.waiting() == before &&
           turn.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    }
    return turn;
  }
  static bool is_over(const std::future<Turn>& turn) {
    return turn.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  // False after a while where it does not: whoever has the turn may keep it for ever.
  bool gets_turn(std::future<Turn>& waiting) {
    if (waiting.wait_for(std::chrono::seconds(10)) == std::future_status::ready)
      return waiting.get() != nullptr;
    queue.stop();
    return false;
  }
  // Fails at once, so that the pause is nothing much.
  void fail(const std::string& network) { ASSERT_TRUE(queue.wait(network)); }

  TurnQueue queue;
};

TEST_F(Turns, one_network_has_half_of_the_places) {
  const Turn computing = queue.wait("guesser");
  std::vector<std::future<Turn>> guesses;
  for (int i = 0; i < 16; i++) guesses.push_back(wait_for_turn("guesser"));
  EXPECT_EQ(queue.waiting(), TurnQueue::kPlaces / 2);
  const auto other = wait_for_turn("other");
  EXPECT_FALSE(is_over(other));
  queue.stop();
}

TEST_F(Turns, who_has_not_failed_goes_before_who_has) {
  fail("guesser");
  Turn computing = queue.wait("guesser");
  auto guess = wait_for_turn("guesser");
  auto other = wait_for_turn("other");
  computing.reset();
  EXPECT_TRUE(gets_turn(other));
  queue.stop();
}

TEST_F(Turns, who_has_not_failed_takes_a_place_of_one_who_has) {
  for (int i = 0; i < 100; i++) fail("guesser " + std::to_string(i));
  const Turn computing = queue.wait("guesser 0");
  std::vector<std::future<Turn>> guesses;
  for (int i = 0; i < 100; i++) guesses.push_back(wait_for_turn("guesser " + std::to_string(i)));
  ASSERT_EQ(queue.waiting(), TurnQueue::kPlaces);
  auto other = std::async(std::launch::async, [this] { return queue.wait("other"); });
  const auto turned_away = [&] { return std::ranges::count_if(guesses, is_over); };
  while (turned_away() == 100 - TurnQueue::kPlaces && !is_over(other)) std::this_thread::yield();
  EXPECT_EQ(turned_away(), 100 - TurnQueue::kPlaces + 1);
  EXPECT_FALSE(is_over(other));
  queue.stop();
}

TEST_F(Turns, who_succeeds_has_not_failed) {
  fail("once");
  fail("guesser");
  queue.wait("once")->succeed();
  Turn computing = queue.wait("anybody");
  auto guess = wait_for_turn("guesser");
  auto once = wait_for_turn("once");
  computing->skip();
  computing.reset();
  EXPECT_TRUE(gets_turn(once));
  queue.stop();
}

TEST_F(Turns, a_stop_ends_every_wait) {
  const Turn computing = queue.wait("a");
  auto first = wait_for_turn("b");
  auto second = wait_for_turn("c");
  queue.stop();
  EXPECT_FALSE(first.get());
  EXPECT_FALSE(second.get());
  EXPECT_FALSE(queue.wait("d"));
}

TEST_F(Turns, a_stop_ends_a_pause) {
  {
    const Turn slow = queue.wait("a");
    const std::clock_t start = std::clock();
    while (std::clock() - start < CLOCKS_PER_SEC / 5) {
    }
  }
  auto paused = wait_for_turn("b");  // almost two seconds
  EXPECT_FALSE(is_over(paused));
  queue.stop();
  EXPECT_FALSE(paused.get());
}

}  // namespace
}  // namespace packetdrop
