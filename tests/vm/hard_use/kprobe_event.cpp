// SPDX-License-Identifier: Apache-2.0
// A kprobe of somebody else's: one of the kernel's own tracing.
#include "vm/hard_use/kprobe_event.h"

#include <gtest/gtest.h>

#include <sstream>
#include <utility>

#include "base/file.h"
#include "vm/hard_use/fixture.h"

namespace packetdrop::hard_use {
namespace {

const std::string kTracing = "/sys/kernel/tracing/";

int switch_event(const std::string& name, const char* word) {
  return write_to(kTracing + "events/hard_use/" + name + "/enable", word);
}

}  // namespace

KprobeEvent::KprobeEvent(std::string name, const std::string& function) : name_(std::move(name)) {
  EXPECT_EQ(write_to(kTracing + "kprobe_events", "p:hard_use/" + name_ + " " + function), 0);
}

KprobeEvent::~KprobeEvent() {
  EXPECT_EQ(switch_event(name_, "0"), 0);
  EXPECT_EQ(write_to(kTracing + "kprobe_events", "-:hard_use/" + name_), 0);
}

void KprobeEvent::enable() { EXPECT_EQ(switch_event(name_, "1"), 0); }

long KprobeEvent::hits() const {
  const auto text = read_file(kTracing + "kprobe_profile");
  EXPECT_TRUE(text) << text.error().message;
  std::istringstream lines(text ? *text : "");
  std::string name;
  long hits = 0, missed = 0;
  while (lines >> name >> hits >> missed)
    if (name == name_) return hits;
  ADD_FAILURE() << "no kprobe " << name_;
  return -1;
}

}  // namespace packetdrop::hard_use
