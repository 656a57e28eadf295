// SPDX-License-Identifier: Apache-2.0
// kprobes that the kernel cannot disarm, because ftrace has no memory for it, and keeps for good.
// There is no way back from that, so this comes last of all.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <optional>
#include <sstream>

#include "base/file.h"
#include "vm/hard_use/fault_injection.h"
#include "vm/hard_use/kprobe_event.h"

namespace packetdrop::hard_use {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr const char* kKprobes = "/sys/kernel/debug/kprobes/list";

// A kprobe of somebody else's, somewhere else, keeps ftrace calling kprobes all the time.
class Stuck : public FaultInjection {
 protected:
  void SetUp() override {
    FaultInjection::SetUp();
    ASSERT_EQ(unload(), 0);
    ASSERT_EQ(load(two_), 0);
    ASSERT_EQ(control("activate"), 0);
    elsewhere_.emplace("elsewhere", "ip_rcv");
    elsewhere_->enable();
  }

  // There is a kprobe of somebody else's on it, too, which is switched off: so that the function is
  // disarmed when the module's goes.
  void share(const char* function) { shared_.emplace("shared", function); }

  // Kernels take the address from what they could not disarm.
  static int left_behind() {
    const auto text = read_file(kKprobes, 1 << 20);
    EXPECT_TRUE(text) << text.error().message;
    std::istringstream lines(text ? *text : "");
    int count = 0;
    for (std::string line; std::getline(lines, line);)
      count += line.starts_with("0000000000000000 ");
    return count;
  }

  // A SYN to a port that nobody listens on, and its RST, both through both functions.
  static void pass_tcp() {
    const UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_in to = {.sin_family = AF_INET,
                            .sin_port = htons(1),
                            .sin_addr = {htonl(INADDR_LOOPBACK)},
                            .sin_zero = {}};
    EXPECT_EQ(connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)), -1);
    EXPECT_EQ(errno, ECONNREFUSED);
  }

  // Somebody else's kprobe works as ever.
  void expect_shared_counts() {
    const long before = shared_->hits();
    shared_->enable();
    pass_tcp();
    EXPECT_GE(shared_->hits(), before + 2);
  }

  static testing::Matcher<std::vector<std::string>> tell_of(const std::string& function) {
    return Contains(HasSubstr("drop_packet: the kprobe on " + function + " cannot be disarmed"));
  }

  const std::string two_ = module_file("drop_packet_two.ko");
  std::optional<KprobeEvent> elsewhere_;
  std::optional<KprobeEvent> shared_;
  KernelLog log_;
};

TEST_F(Stuck, nothing_of_a_module_that_is_gone_is_called) {
  share("tcp_v4_rcv");
  const int before = left_behind();
  const int allocations = with_each_allocation_failing([] { return unload(); },
                                                       [&](int) {
                                                         pass_tcp();
                                                         ASSERT_EQ(load(two_), 0);
                                                         ASSERT_EQ(control("activate"), 0);
                                                       });
  std::cout << "unloading: " << allocations << " allocations, " << left_behind() - before
            << " kprobes left behind\n";
  EXPECT_GE(left_behind(), before + 2);
  const auto lines = log_.lines();
  EXPECT_THAT(lines, tell_of("tcp_v4_rcv"));
  EXPECT_THAT(lines, tell_of("eth_type_trans"));
  expect_shared_counts();
}

// What was left behind on tcp_v4_rcv keeps the kernel from ever disarming that one again.
TEST_F(Stuck, a_module_that_is_not_on_its_way_out_stays_loaded) {
  share("eth_type_trans");
  const int before = left_behind();
  const int allocations = with_each_allocation_failing([] { return control("deactivate"); },
                                                       [](int) {
                                                         pass_tcp();
                                                         ASSERT_EQ(control("activate"), 0);
                                                       });
  std::cout << "deactivating: " << allocations << " allocations, " << left_behind() - before
            << " kprobes left behind\n";
  EXPECT_GT(left_behind(), before);
  EXPECT_THAT(log_.lines(), tell_of("eth_type_trans"));
  stays_loaded_ = true;
  EXPECT_EQ(unload(), EWOULDBLOCK);
  expect_shared_counts();
}

}  // namespace
}  // namespace packetdrop::hard_use
