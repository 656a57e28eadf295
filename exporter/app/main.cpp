// SPDX-License-Identifier: Apache-2.0
// Runs what the command line asks for: the exporter, a probe of a running one, or --help.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "app/wiring.h"
#include "client/probe.h"
#include "config/command_line.h"

namespace packetdrop {
namespace {

constexpr int kWrongFlag = 2;  // exit code

// If fd 0-2 is closed, the next open() would reuse its number and receive log output: point it at
// /dev/null.
void open_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0) std::abort();
}

// Prints all of `text`, or an error on stderr (disk full, reader gone). Returns the exit code.
int print(std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return EXIT_SUCCESS;
  const Error error = system_error("packetdrop_exporter: cannot write what was asked for", errno);
  std::fprintf(stderr, "%s\n", error.message.c_str());
  return EXIT_FAILURE;
}

int run_probe(const ProbeOptions& options) {
  if (const auto right = check_probe_url(options.url); !right) {
    std::fprintf(stderr, "packetdrop_exporter: --probe: %s\nTry packetdrop_exporter --help.\n",
                 right.error().message.c_str());
    return kWrongFlag;
  }
  std::signal(SIGPIPE, SIG_IGN);
  const auto answer = probe(options);
  if (answer) return print(*answer);
  std::fprintf(stderr, "%s: %s\n", options.url.c_str(), answer.error().message.c_str());
  return EXIT_FAILURE;
}

}  // namespace
}  // namespace packetdrop

int main(int argc, char** argv) {
  packetdrop::open_standard_streams();
  auto parsed = packetdrop::parse_command_line(argc, argv);
  if (const auto* exit = std::get_if<packetdrop::PrintAndExit>(&parsed)) {
    if (exit->code == EXIT_SUCCESS) return packetdrop::print(exit->text);
    std::fputs(exit->text.c_str(), stderr);
    return exit->code;
  }
  const auto& options = std::get<packetdrop::Options>(parsed);
  return options.probe.url.empty() ? packetdrop::run_exporter(options)
                                   : packetdrop::run_probe(options.probe);
}
