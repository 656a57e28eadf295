// SPDX-License-Identifier: Apache-2.0
// Who guesses passwords does not keep others from having theirs checked.
#include "web_config/turn_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <thread>
#include <vector>

namespace packetdrop {
namespace {

using Turn = std::unique_ptr<TurnQueue::Turn>;

// A failure that took any CPU time at all is followed by a pause without an end.
constexpr TurnQueue::Limits kLongPauses = {.pause = 1'000'000'000};

class Turns : public testing::Test {
 protected:
  explicit Turns(const TurnQueue::Limits& limits = {}) : queue(limits) {}

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
  void succeed(const std::string& network) { queue.wait(network)->succeed(); }

  const int places = TurnQueue::Limits{}.places;
  TurnQueue queue;
};

class TurnsWithLongPauses : public Turns {
 protected:
  TurnsWithLongPauses() : Turns(kLongPauses) {}
};

TEST_F(Turns, one_network_has_half_of_the_places) {
  const Turn computing = queue.wait("guesser");
  std::vector<std::future<Turn>> guesses;
  for (int i = 0; i < 16; i++) guesses.push_back(wait_for_turn("guesser"));
  EXPECT_EQ(queue.waiting(), places / 2);
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
  ASSERT_EQ(queue.waiting(), places);
  auto other = std::async(std::launch::async, [this] { return queue.wait("other"); });
  const auto turned_away = [&] { return std::ranges::count_if(guesses, is_over); };
  while (turned_away() == 100 - places && !is_over(other)) std::this_thread::yield();
  EXPECT_EQ(turned_away(), 100 - places + 1);
  EXPECT_FALSE(is_over(other));
  queue.stop();
}

TEST_F(Turns, who_succeeds_has_not_failed) {
  fail("once");
  fail("guesser");
  succeed("once");
  Turn computing = queue.wait("anybody");
  auto guess = wait_for_turn("guesser");
  auto once = wait_for_turn("once");
  computing->skip();
  computing.reset();
  EXPECT_TRUE(gets_turn(once));
  queue.stop();
}

TEST_F(Turns, who_was_right_goes_before_who_is_not_known) {
  succeed("known");
  Turn computing = queue.wait("anybody");
  auto stranger = wait_for_turn("stranger");
  auto known = wait_for_turn("known");
  computing->skip();
  computing.reset();
  EXPECT_TRUE(gets_turn(known));
  queue.stop();
}

TEST_F(Turns, who_was_right_takes_a_place_of_one_who_is_not_known) {
  succeed("known");
  const Turn computing = queue.wait("anybody");
  std::vector<std::future<Turn>> strangers;
  for (int i = 0; i < places; i++) strangers.push_back(wait_for_turn(std::to_string(i)));
  ASSERT_EQ(queue.waiting(), places);
  EXPECT_TRUE(is_over(wait_for_turn("one too many")));
  auto known = std::async(std::launch::async, [this] { return queue.wait("known"); });
  const auto turned_away = [&] { return std::ranges::count_if(strangers, is_over); };
  while (turned_away() == 0 && !is_over(known)) std::this_thread::yield();
  EXPECT_EQ(turned_away(), 1);
  EXPECT_FALSE(is_over(known));
  queue.stop();
}

TEST_F(Turns, who_was_right_and_fails_has_failed) {
  succeed("once");
  fail("once");
  Turn computing = queue.wait("anybody");
  auto once = wait_for_turn("once");
  auto stranger = wait_for_turn("stranger");
  computing->skip();
  computing.reset();
  EXPECT_TRUE(gets_turn(stranger));
  queue.stop();
}

// One failure makes a pause for whoever failed, and many strangers may fail before they pause too.
TEST_F(Turns, who_has_not_failed_need_not_wait_for_another_s_pause) {
  TurnQueue patient({.pause = kLongPauses.pause, .head_start = std::chrono::hours(24 * 365 * 100)});
  { const Turn failing = patient.wait("guesser"); }
  auto guess = std::async(std::launch::async, [&] { return patient.wait("guesser"); });
  auto stranger = std::async(std::launch::async, [&] { return patient.wait("stranger"); });
  ASSERT_EQ(stranger.wait_for(std::chrono::seconds(5)), std::future_status::ready);
  stranger.get()->skip();
  EXPECT_EQ(guess.wait_for(std::chrono::milliseconds(10)), std::future_status::timeout);
  patient.stop();
}

TEST_F(TurnsWithLongPauses, strangers_pause_once_too_many_of_them_have_failed) {
  fail("guesser");
  auto stranger = wait_for_turn("stranger");
  EXPECT_EQ(stranger.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  queue.stop();
}

TEST_F(Turns, nobody_waits_for_longer_than_a_scrape_does) {
  EXPECT_LT(TurnQueue::Limits{}.longest_wait, std::chrono::seconds(10));
  TurnQueue impatient({.longest_wait = std::chrono::milliseconds(20)});
  const Turn computing = impatient.wait("a");
  EXPECT_FALSE(impatient.wait("b"));
  EXPECT_EQ(impatient.waiting(), 0);
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

TEST_F(TurnsWithLongPauses, a_stop_ends_a_pause) {
  fail("a");
  auto paused = wait_for_turn("a");
  EXPECT_FALSE(is_over(paused));
  queue.stop();
  EXPECT_FALSE(paused.get());
}

}  // namespace
}  // namespace packetdrop
