// SPDX-License-Identifier: Apache-2.0
// What docs/ says in its tables is what the program does: flags, metrics, routes, hooks, checks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "base/file.h"
#include "lab/exporter.h"
#include "lab/sender.h"
#include "lab/temporary_file.h"
#include "model/drop_reason.h"
#include "model/probe.h"
#include "support/http_client.h"

namespace packetdrop {
namespace {

using testing::ElementsAreArray;
using testing::HasSubstr;
using Row = std::vector<std::string>;

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

// What stands between backticks, in order.
std::vector<std::string> codes(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream parts(text);
  std::string part;
  for (bool inside = false; std::getline(parts, part, '`'); inside = !inside)
    if (inside) found.push_back(part);
  return found;
}

// "| a | b |" as {"a", "b"}; a bar that belongs to a cell is written as \|.
Row cells(const std::string& line) {
  Row row;
  std::string cell;
  for (std::size_t i = 1; i < line.size(); i++) {
    if (line[i] != '|' || line[i - 1] == '\\') {
      cell += line[i];
      continue;
    }
    const std::size_t first = cell.find_first_not_of(' ');
    row.push_back(first == std::string::npos
                      ? ""
                      : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    cell.clear();
  }
  return row;
}

class Docs : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const char* folder = std::getenv("PACKETDROP_DOCS");
    ASSERT_NE(folder, nullptr) << "PACKETDROP_DOCS names no folder";
    for (const char* page : {"api.md", "hooks-and-drops.md", "metrics.md", "operations.md"}) {
      const auto text = read_file(std::string(folder) + "/" + page);
      ASSERT_TRUE(text) << text.error().message;
      text_ += "\n" + *text;
    }
    // An empty web configuration: what is there only with one is there, and nothing else is.
    auto exporter = lab::Exporter::start({"--web.config.file=" + web_config_.emplace().path()});
    ASSERT_TRUE(exporter) << exporter.error().message;
    exporter_.emplace(*std::move(exporter));
  }
  static void TearDownTestSuite() {
    exporter_.reset();
    web_config_.reset();
  }

  void SetUp() override { ASSERT_TRUE(exporter_); }

  // What follows "## heading", up to the next heading of that level.
  static std::string section(const std::string& heading) {
    const std::size_t start = text_.find("\n## " + heading + "\n");
    if (start == std::string::npos) return {};
    return text_.substr(start + 1, text_.find("\n## ", start + 1) - start);
  }

  // The body of the first table of a section.
  static std::vector<Row> table(const std::string& heading) {
    std::vector<Row> rows;
    std::istringstream lines(section(heading));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with('|')) rows.push_back(cells(line));
      if (!line.starts_with('|') && !rows.empty()) break;
    }
    EXPECT_GT(rows.size(), 2u) << "no table under " << heading;
    // Titles and the line under them.
    rows.erase(rows.begin(), rows.begin() + std::min<std::ptrdiff_t>(2, std::ssize(rows)));
    return rows;
  }

  static std::string text_;
  static std::optional<lab::TemporaryFile> web_config_;
  static std::optional<lab::Exporter> exporter_;
};

std::string Docs::text_;
std::optional<lab::TemporaryFile> Docs::web_config_;
std::optional<lab::Exporter> Docs::exporter_;

TEST_F(Docs, flags_are_those_of_help_with_their_defaults) {
  const auto help = lab::command_output("\"$PACKETDROP_EXPORTER\" --help");
  ASSERT_TRUE(help) << help.error().message;
  std::vector<std::string> in_program;
  std::istringstream lines(*help);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("  -")) in_program.push_back(code(line.substr(2, line.find("  ", 2) - 2)));

  std::vector<std::string> in_docs;
  for (const Row& row : table("Flags")) in_docs.push_back(row[0]);
  EXPECT_THAT(in_docs, ElementsAreArray(in_program));
}

TEST_F(Docs, metrics_are_those_of_a_scrape_with_their_labels_and_types) {
  const auto ns = lab::NetNs::create();
  ASSERT_TRUE(ns) << ns.error().message;
  ASSERT_TRUE(ns->ip("link set lo up"));
  ASSERT_TRUE(lab::drop_datagrams(*ns, "127.0.0.1", 1));
  const auto response = http_request(exporter_->ipv6(), "GET", "/metrics");
  ASSERT_TRUE(response) << response.error().message;
  const auto scrape = lab::Scrape::parse(response->body);
  ASSERT_TRUE(scrape) << scrape.error().message;

  std::set<std::string> in_program;
  for (const lab::Series& series : scrape->series()) {
    std::string labels;
    for (const auto& [name, value] : series.labels) labels += " " + name;
    const std::string title = "# TYPE " + series.name + " ";
    const std::size_t type = response->body.find(title) + title.size();
    in_program.insert(series.name + labels + ": " +
                      response->body.substr(type, response->body.find('\n', type) - type));
  }
  std::set<std::string> in_docs;
  for (const Row& row : table("Metrics")) {
    ASSERT_EQ(row.size(), 4u);
    std::vector<std::string> sorted = codes(row[1]);
    std::ranges::sort(sorted);
    std::string labels;
    for (const std::string& name : sorted) labels += " " + name;
    for (const std::string& name : codes(row[0])) in_docs.insert(name + labels + ": " + row[2]);
  }
  EXPECT_EQ(in_docs, in_program);
}

TEST_F(Docs, classes_of_drops_are_those_that_there_are) {
  std::vector<std::string> in_program, in_docs;
  for (const DropClassInfo& row : drop_classes()) in_program.emplace_back(row.label);
  for (const Row& row : table("Drops")) in_docs.push_back(codes(row[0]).at(0));
  EXPECT_EQ(in_docs, in_program);
}

TEST_F(Docs, routes_answer_as_the_table_says) {
  std::set<std::string> paths;
  for (const Row& row : table("Routes")) {
    ASSERT_EQ(row.size(), 3u);
    const std::string route = codes(row[0]).at(0);
    const std::size_t space = route.find(' ');
    const std::string method = route.substr(0, space);
    const std::string path = route.substr(space + 1);
    const auto response = http_request(exporter_->ipv4(), method, path);
    ASSERT_TRUE(response) << route << ": " << response.error().message;
    EXPECT_EQ(std::to_string(response->status), row[1]) << route;
    paths.insert(path);
  }
  ASSERT_TRUE(exporter_->post("/activate"));

  // What the landing page leads to is in the table, too.
  const auto landing = http_request(exporter_->ipv4(), "GET", "/");
  ASSERT_TRUE(landing) << landing.error().message;
  static constexpr std::string_view kLink = "href=\"/";
  std::size_t at = 0;
  while ((at = landing->body.find(kLink, at)) != std::string::npos) {
    at += kLink.size() - 1;
    const std::string path = landing->body.substr(at, landing->body.find('"', at) - at);
    // The table has one runbook for all of them.
    if (path.starts_with("/runbooks/"))
      EXPECT_EQ(http_request(exporter_->ipv4(), "GET", path)->status, 200) << path;
    else
      EXPECT_TRUE(paths.contains(path)) << path;
  }
}

TEST_F(Docs, hooks_are_those_of_the_hook_table) {
  std::vector<Row> expected;
  for (const ProbeInfo& hook : hooks()) {
    std::string target = hook.kind == PD_KIND_FUNCTION ? "function " : "tracepoint ";
    std::string_view separator;
    for (const std::string_view symbol : hook.targets) {
      target.append(separator).append(code(symbol));
      separator = ", ";
    }
    std::string stand_in = "none";
    if (hook.fallback_exact != PD_FALLBACK_NONE)
      stand_in = code(hook.fallback) +
                 (hook.fallback_exact == PD_FALLBACK_EXACT ? ", exact" : ", inexact");
    expected.push_back({code(hook.label), std::string(to_string(hook.direction)), target, stand_in,
                        std::string(hook.bytes)});
  }
  EXPECT_THAT(table("Stages"), ElementsAreArray(expected));
}

TEST_F(Docs, every_check_cause_and_result_is_named) {
  const auto status = exporter_->status();
  ASSERT_TRUE(status) << status.error().message;
  const auto checks = nlohmann::json::parse(*status)["data"]["preflight"];
  EXPECT_FALSE(checks.empty());
  const std::string needs = section("What it needs, and what it does without");
  for (const auto& check : checks)
    EXPECT_THAT(needs, HasSubstr(code(check["check"].get<std::string>())));

  const std::string metrics = section("Metrics");
  for (const TxResultInfo& result : tx_results())
    EXPECT_THAT(metrics, HasSubstr(code(result.label)));
  for (const MissCauseInfo& cause : miss_causes())
    EXPECT_THAT(metrics, HasSubstr(code(cause.label)));
}

}  // namespace
}  // namespace packetdrop
