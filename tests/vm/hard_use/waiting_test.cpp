// SPDX-License-Identifier: Apache-2.0
// Many who want a text at the same time: what it costs, how old it may be, and that it is not
// waited for in vain.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "base/file.h"
#include "lab/sender.h"
#include "vm/hard_use/fixture.h"
#include "vm/hard_use/hammer.h"
#include "vm/hard_use/kprobe_event.h"

namespace packetdrop::hard_use {
namespace {

using std::chrono::milliseconds;

// As /proc/PID/stat has it, behind the name in parentheses.
char state_of(pid_t process) {
  const auto stat = read_file("/proc/" + std::to_string(process) + "/stat");
  return stat ? stat->at(stat->rfind(')') + 2) : '?';
}

struct Pipe {
  int read_end;
  int write_end;
};

// A child that opens the file once.
pid_t start_reader() {
  const pid_t reader = fork();
  if (reader == 0) _exit(open(kFile, O_RDONLY) < 0);
  return reader;
}

// The same, once `begin` has no writer any more: a fork takes the debugging kernel longer than a
// switch.
pid_t start_reader_at_the_end_of(const Pipe& begin) {
  const pid_t reader = fork();
  if (reader != 0) return reader;
  close(begin.write_end);
  char nothing = 0;
  while (read(begin.read_end, &nothing, 1) > 0) {
  }
  _exit(open(kFile, O_RDONLY) < 0);
}

// Lets readers come while `word` is carried out, so that they wait for its end. False where that
// was done before all of them waited. pd_sum() is called once for each text that is rendered.
bool readers_wait_for(const char* word, std::size_t count, long& rendered) {
  KprobeEvent rendering("rendering", "drop_packet:pd_sum");
  rendering.enable();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  const Pipe begin{.read_end = ends[0], .write_end = ends[1]};
  std::vector<pid_t> readers(count);
  for (pid_t& reader : readers) reader = start_reader_at_the_end_of(begin);
  std::atomic<pid_t> writer_id = 0;
  std::atomic<bool> done = false;
  std::thread writer([&] {
    writer_id = gettid();
    EXPECT_EQ(control(word), 0);
    done = true;
  });
  while (!done && (writer_id == 0 || state_of(writer_id) != 'D')) std::this_thread::yield();
  close(begin.write_end);
  close(begin.read_end);
  const auto waits = [](pid_t reader) { return state_of(reader) == 'D'; };
  while (!done && !std::ranges::all_of(readers, waits)) std::this_thread::yield();
  const bool all_waited = !done;
  for (const pid_t reader : readers) {
    int status = 0;
    waitpid(reader, &status, 0);
    EXPECT_EQ(status, 0);
  }
  writer.join();
  rendered = rendering.hits();
  return all_waited;
}

TEST_F(HardUse, who_waits_together_shares_a_text) {
  constexpr std::size_t kReaders = 8;
  // Switching takes hundreds of milliseconds here; seldom, it is done before all readers are there.
  for (int i = 0; i < 30; i++) {
    long rendered = 0;
    if (!readers_wait_for(i % 2 == 0 ? "activate" : "deactivate", kReaders, rendered)) continue;
    // One for all, and one for who waited for something else a moment before.
    EXPECT_GT(rendered, 0);
    EXPECT_LE(rendered, 2);
    return;
  }
  ADD_FAILURE() << "switching was done before the readers waited";
}

TEST_F(HardUse, what_was_counted_and_switched_is_read_at_once_however_many_read) {
  auto ns = lab::NetNs::create();
  ASSERT_TRUE(ns);
  ASSERT_TRUE(ns->ip("link set lo up"));
  const auto sink = lab::open_sink(*ns);
  ASSERT_TRUE(sink);
  Hammer hammer;
  for (int i = 0; i < 4; i++) hammer.add([] { EXPECT_TRUE(read_text()); });
  ASSERT_EQ(control("activate"), 0);
  std::uint64_t sent = 0;
  for (int i = 0; i < 20; i++) {
    ASSERT_TRUE(lab::send_datagrams(*ns, "::1", 64, 10));
    sent += 10;
    const auto snapshot = read_snapshot();
    ASSERT_TRUE(snapshot);
    EXPECT_TRUE(snapshot->active);
    EXPECT_EQ(snapshot->counters[PD_HOOK_DEV_QUEUE_XMIT][PD_KEY_IPV6_UDP].packets, sent);
  }
  ASSERT_EQ(control("deactivate"), 0);
  EXPECT_FALSE(is_active());
}

// Whether a reader that has to wait for `word` to be carried out dies of a kill before that is
// done.
bool dies_while_it_waits_for(const char* word) {
  std::atomic<bool> done = false;
  std::thread writer([&done, word] {
    EXPECT_EQ(control(word), 0);
    done = true;
  });
  const pid_t reader = start_reader();
  while (!done && state_of(reader) != 'D') std::this_thread::yield();
  kill(reader, SIGKILL);
  int status = 0;
  waitpid(reader, &status, 0);
  // It might just have been done, and that be heard of a moment later.
  std::this_thread::sleep_for(milliseconds(20));
  const bool in_time = !done;
  writer.join();
  return in_time && WIFSIGNALED(status);
}

TEST_F(HardUse, who_waits_for_a_text_can_be_killed) {
  // As above.
  for (int i = 0; i < 20; i++)
    if (dies_while_it_waits_for(i % 2 == 0 ? "activate" : "deactivate")) return;
  ADD_FAILURE() << "readers that were killed waited on";
}

}  // namespace
}  // namespace packetdrop::hard_use
