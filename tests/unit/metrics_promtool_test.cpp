// SPDX-License-Identifier: Apache-2.0
// Prometheus' own linter has nothing to say about a scrape, nor about views of any kind.
#include <gtest/gtest.h>
#include <stdio.h>
#include <sys/wait.h>

#include <cstdlib>
#include <string>

#include "imaginary_view.h"
#include "metrics/scrape.h"
#include "metrics/view_family.h"
#include "metrics_sample.h"

namespace packetdrop {
namespace {

struct Outcome {
  int exit_code;
  std::string output;
};

// Runs `command` with `input` on its stdin.
Outcome run(const std::string& command, const std::string& input) {
  char path[] = "/tmp/packetdrop-scrape-XXXXXX";
  const int fd = ::mkstemp(path);
  if (fd < 0) return {-1, "mkstemp failed"};
  FILE* const file = ::fdopen(fd, "w");
  ::fwrite(input.data(), 1, input.size(), file);
  ::fclose(file);

  Outcome outcome{-1, {}};
  FILE* const pipe = ::popen((command + " <" + path + " 2>&1").c_str(), "r");
  char buffer[4096];
  while (const std::size_t n = ::fread(buffer, 1, sizeof(buffer), pipe))
    outcome.output.append(buffer, n);
  const int status = ::pclose(pipe);
  ::unlink(path);
  if (WIFEXITED(status)) outcome.exit_code = WEXITSTATUS(status);
  return outcome;
}

TEST(Promtool, finds_nothing_to_say) {
  if (run("command -v promtool", "").exit_code != 0) {
    const char* const ci = std::getenv("CI");
    ASSERT_FALSE(ci != nullptr && std::string(ci) == "true")
        << "promtool is missing: apt-get install prometheus";
    GTEST_SKIP() << "promtool is missing: apt-get install prometheus";
  }
  const std::vector<SourceReading> readings = {sample_reading("bpf"), failed_reading("kmod")};
  const std::vector<Finding> findings = {{.check = "btf", .ok = true, .detail = {}, .remedy = {}}};
  std::string text;
  for (View (*make)() : {imaginary_counter, imaginary_gauge, imaginary_histogram}) {
    std::vector<SourceView> views;
    views.push_back({.source = "bpf", .view = make()});
    ViewFamily(*views.front().view.info, ExpositionFormat::kText).write(views, false, text);
  }
  render_scrape({.readings = readings, .preflight = findings}, ExpositionFormat::kText, text);
  const Outcome outcome = run("promtool check metrics", text);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.output, "");
}

}  // namespace
}  // namespace packetdrop
