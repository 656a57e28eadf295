// SPDX-License-Identifier: Apache-2.0
// N drops of a known cause are N drops of the right reason, family, protocol and function, for each
// source that counts them. Each case prints rows of the table that "make truth" makes.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <ranges>
#include <thread>

#include "lab/with_exporter.h"
#include "provoke/cause.h"
#include "provoke/expectation.h"
#include "support/http_client.h"

namespace packetdrop {
namespace {

using provoke::Cause;
using provoke::Expectation;
using provoke::Family;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kCount = 100;
constexpr int kRuns = 3;  // a run that something else disturbed is repeated

using Counts = std::map<std::string, std::uint64_t>;

// One answer of /api/v1/drops, for one source.
struct Drops {
  Counts by_reason;    // "reason family protocol"
  Counts by_function;  // "function reason"
  Counts by_class;     // "class reason family protocol"
  std::uint64_t folded = 0;

  static Result<Drops> parse(const std::string& text, const std::string& source);
};

Result<Drops> Drops::parse(const std::string& text, const std::string& source) {
  const auto answer = nlohmann::json::parse(text, nullptr, false);
  if (answer.is_discarded() || !answer.contains("data"))
    return Error{.code = 0, .message = "not an answer: " + text};
  Drops out;
  for (const auto& row : answer["data"]["drops"]) {
    if (row["source"] != source) continue;
    const std::string key = row["reason"].get<std::string>() + " " +
                            row["family"].get<std::string>() + " " +
                            row["protocol"].get<std::string>();
    out.by_reason[key] += row["count"].get<std::uint64_t>();
    out.by_class[row["class"].get<std::string>() + " " + key] += row["count"].get<std::uint64_t>();
  }
  for (const auto& row : answer["data"]["functions"])
    if (row["source"] == source)
      out.by_function[row["function"].get<std::string>() + " " +
                      row["reason"].get<std::string>()] += row["count"].get<std::uint64_t>();
  for (const auto& row : answer["data"]["sources"]) {
    if (row["source"] != source) continue;
    if (row.contains("error")) break;
    out.folded = row["folded"].get<std::uint64_t>();
    return out;
  }
  return Error{.code = 0, .message = source + " was not read: " + text};
}

// What is more in `after`.
Counts more(const Counts& before, const Counts& after) {
  Counts out;
  for (const auto& [key, count] : after) {
    const auto old_count = before.find(key);
    const std::uint64_t added = count - (old_count == before.end() ? 0 : old_count->second);
    if (added != 0) out[key] = added;
  }
  return out;
}

std::uint64_t at(const Counts& counts, const std::string& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

std::string reason_key(const Expectation& e) {
  return e.reason + " " + e.family + " " + e.protocol;
}

// What one run of a cause added for one source.
struct Added {
  Drops drops;
  double missed = 0;

  std::uint64_t reason(const Expectation& e) const { return at(drops.by_reason, reason_key(e)); }
  std::uint64_t function(const Expectation& e) const {
    std::uint64_t sum = 0;
    for (const auto name : std::views::split(e.function, '|'))
      sum += at(drops.by_function, std::string(name.begin(), name.end()) + " " + e.reason);
    return sum;
  }
  std::uint64_t beside(const Expectation& e) const {
    return at(drops.by_function, e.beside + " " + e.reason);
  }
  std::string describe() const {
    std::string out = "counted:";
    for (const Counts* counts : {&drops.by_class, &drops.by_function})
      for (const auto& [key, count] : *counts) out += "\n  " + std::to_string(count) + " " + key;
    return out;
  }
};

class Truth : public lab::WithExporter<testing::TestWithParam<Cause>> {
 protected:
  void SetUp() override {
    if (geteuid() == 0) return;
    constexpr const char* kWhy = "needs root, for namespaces and BPF; make vm runs it in QEMU";
    if (std::getenv("CI")) FAIL() << kWhy;
    GTEST_SKIP() << kWhy;
  }

  // Over the family that the cause does not drop, because connections leave drops of their own.
  static bool over_ipv6() { return GetParam().family != Family::kIpv6; }

  static Result<std::map<std::string, Drops>> try_to_read_drops() {
    const auto response =
        http_request(over_ipv6() ? exporter_->ipv6() : exporter_->ipv4(), "GET", "/api/v1/drops");
    if (!response) return response.error();
    std::map<std::string, Drops> out;
    for (const std::string& source : lab::tested_sources()) {
      auto drops = Drops::parse(response->body, source);
      if (!drops) return drops.error();
      out[source] = *std::move(drops);
    }
    return out;
  }

  // On a slow machine a source may take longer than an answer waits for it, after a module came for
  // one: it is asked again, for it keeps what it has found meanwhile.
  static std::map<std::string, Drops> read_drops() {
    auto drops = try_to_read_drops();
    for (int more = 5; !drops && more > 0; more--) drops = try_to_read_drops();
    EXPECT_TRUE(drops) << drops.error().message;
    if (drops) return *std::move(drops);
    std::map<std::string, Drops> none;
    for (const std::string& source : lab::tested_sources()) none[source];
    return none;
  }

  static std::map<std::string, double> read_missed() {
    const auto scrape = exporter_->scrape(over_ipv6());
    EXPECT_TRUE(scrape) << scrape.error().message;
    std::map<std::string, double> out;
    for (const std::string& source : lab::tested_sources())
      out[source] =
          scrape ? scrape->sum("packetdrop_missed_events_total", {{"source", source}}) : 0;
    return out;
  }

  static std::map<std::string, Added> since(const std::map<std::string, Drops>& before) {
    std::map<std::string, Added> out;
    for (const auto& [source, after] : read_drops()) {
      const Drops& old = before.at(source);
      out[source].drops = {.by_reason = more(old.by_reason, after.by_reason),
                           .by_function = more(old.by_function, after.by_function),
                           .by_class = more(old.by_class, after.by_class),
                           .folded = after.folded - old.folded};
    }
    return out;
  }

  // Until the drops are there that a grace period of RCU holds back, and a moment longer for what
  // must not come.
  static std::map<std::string, Added> settled(const std::map<std::string, Drops>& before,
                                              const Expectation& expected) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(3);
    const auto is_there = [&](const auto& row) {
      return row.second.reason(expected) >= expected_by_reason(expected) &&
             row.second.function(expected) >= kCount;
    };
    while (!std::ranges::all_of(since(before), is_there) && steady_clock::now() < deadline)
      std::this_thread::sleep_for(milliseconds(10));
    std::this_thread::sleep_for(milliseconds(10));
    return since(before);
  }

  // One line for the table: kernel, source, cause, family, protocol, reason, function, expected,
  // counted by reason, counted by function, what became of it.
  static void print_row(const std::string& source, const Expectation& e, const Added& added,
                        const std::string& verdict) {
    std::cout << "truth";
    for (const std::string& column :
         {to_string(provoke::running_kernel()), source, std::string(GetParam().name), e.family,
          e.protocol, e.reason, e.function, std::to_string(kCount), std::to_string(added.reason(e)),
          std::to_string(added.function(e)), verdict})
      std::cout << '\t' << column;
    std::cout << std::endl;
  }

  static void print_rows(const Expectation& e, const std::string& verdict) {
    for (const std::string& source : lab::tested_sources()) print_row(source, e, {}, verdict);
  }

  static std::uint64_t expected_by_reason(const Expectation& e) {
    return e.beside.empty() ? kCount : 2 * kCount;
  }

  static bool is_disturbed(const Expectation& e, const Added& added);
  static void expect_exact(const std::string& source, const Expectation& e, const Added& added);

  // Where nothing else drops: what is neither the cause's nor normal operation.
  static void expect_nothing_else(const Expectation& e, const Added& added) {
    for (const auto& [key, count] : added.drops.by_class) {
      const bool own = key.ends_with(" " + reason_key(e));
      if (!own && !key.starts_with("benign "))
        ADD_FAILURE() << count << " other drops: " << key << "; " << added.describe();
    }
  }
};

// The kernel skipped events; or others dropped packets of the same kind, which they may where it is
// not quiet, and which may be over soon.
bool Truth::is_disturbed(const Expectation& e, const Added& added) {
  const bool too_many = added.reason(e) > expected_by_reason(e) || added.function(e) > kCount;
  return added.missed > 0 || (too_many && !lab::is_quiet());
}

void Truth::expect_exact(const std::string& source, const Expectation& e, const Added& added) {
  const bool exact = added.reason(e) == expected_by_reason(e) && added.function(e) == kCount &&
                     (e.beside.empty() || added.beside(e) == kCount) && added.missed == 0 &&
                     added.drops.folded == 0;
  print_row(source, e, added, exact ? "exact" : "wrong");
  EXPECT_TRUE(exact) << source << ": expected " << kCount << " " << reason_key(e) << " from "
                     << e.function << (e.beside.empty() ? "" : " and as many from " + e.beside)
                     << "; missed " << added.missed << ", folded " << added.drops.folded << "; "
                     << added.describe();
  if (lab::is_quiet()) expect_nothing_else(e, added);
}

TEST_P(Truth, is_counted_exactly) {
  const auto expected = provoke::expectation(GetParam(), provoke::running_kernel());
  ASSERT_TRUE(expected) << expected.error().message;
  if (!expected->why_not.empty()) {
    print_rows(*expected, "not applicable: " + expected->why_not);
    GTEST_SKIP() << "not applicable: " << expected->why_not;
  }

  for (int run = 1;; run++) {
    const auto missed_before = read_missed();
    const auto before = read_drops();
    {
      provoke::Host host(GetParam().family);
      GetParam().provoke(host, kCount);
      host.drain();
      if (!host.why_not_applicable().empty()) {
        print_rows(*expected, "not applicable: " + host.why_not_applicable());
        GTEST_SKIP() << "not applicable: " << host.why_not_applicable();
      }
      if (!host.result()) print_rows(*expected, "wrong");
      ASSERT_TRUE(host.result()) << host.result().error().message;
    }
    auto added = settled(before, *expected);
    const auto missed = read_missed();
    for (auto& [source, of_source] : added)
      of_source.missed = missed.at(source) - missed_before.at(source);
    const auto disturbed = [&](const auto& row) { return is_disturbed(*expected, row.second); };
    if (run < kRuns && std::ranges::any_of(added, disturbed)) {
      if (!lab::is_quiet()) std::this_thread::sleep_for(std::chrono::seconds(2));
      continue;
    }
    for (const auto& [source, of_source] : added) expect_exact(source, *expected, of_source);
    return;
  }
}

INSTANTIATE_TEST_SUITE_P(cause, Truth, testing::ValuesIn(provoke::all_causes()),
                         [](const auto& info) { return provoke::full_name(info.param); });

}  // namespace
}  // namespace packetdrop
