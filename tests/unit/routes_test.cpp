// SPDX-License-Identifier: Apache-2.0
// The route table, held to its documentation and to the paths that the metrics may not take.
#include "api/routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>
#include <string>

#include "base/file.h"
#include "config/command_line.h"

namespace packetdrop {
namespace {

// "GET /path" of each row of the table under "## Routes" in docs/api.md, with what it says.
std::map<std::string, std::string> documented() {
  std::map<std::string, std::string> rows;
  const auto page = read_file(PACKETDROP_DOCS "/api.md");
  if (!page) return rows;
  std::istringstream lines(page->substr(page->find("\n## Routes\n")));
  static constexpr std::string_view kBegin = "| `";
  for (std::string line; std::getline(lines, line) && !line.starts_with("## Flags");)
    if (line.starts_with(kBegin) && line[kBegin.size()] != '-')
      rows[line.substr(kBegin.size(), line.find('`', kBegin.size()) - kBegin.size())] = line;
  return rows;
}

bool is_runbook(const Route& route) {
  return route.path.starts_with("/runbooks") && route.path != "/runbooks/";
}

std::string title(const Route& route) {
  return (route.methods == kWriteMethods ? "POST " : "GET ") + route.path;
}

TEST(Routes, are_those_of_the_documentation) {
  std::set<std::string> in_docs;
  for (const auto& [title, row] : documented()) in_docs.insert(title);
  std::set<std::string> in_program = {"GET /runbooks/PacketDropSpike"};  // one for all
  for (const Route& route : routes({}))
    if (!is_runbook(route)) in_program.insert(title(route));
  EXPECT_EQ(in_docs, in_program);
}

TEST(Routes, have_their_parameters_in_the_documentation) {
  const auto docs = documented();
  for (const Route& route : routes({}))
    for (const std::string_view parameter : route.parameters)
      EXPECT_THAT(docs.at(title(route)), testing::HasSubstr("?" + std::string(parameter) + "="));
}

TEST(Routes, have_paths_that_are_unique) {
  std::set<std::string> paths;
  for (const Route& route : routes({})) EXPECT_TRUE(paths.insert(route.path).second) << route.path;
}

TEST(Routes, keep_their_paths_from_the_metrics) {
  const ServerOptions defaults;
  for (const Route& route : routes(defaults)) {
    if (route.path == defaults.telemetry_path) continue;
    const std::string flag = "--web.telemetry-path=" + route.path;
    const char* const arguments[] = {"packetdrop_exporter", flag.c_str()};
    EXPECT_TRUE(std::holds_alternative<PrintAndExit>(parse_command_line(2, arguments)))
        << route.path;
  }
}

}  // namespace
}  // namespace packetdrop
