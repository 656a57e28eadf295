// SPDX-License-Identifier: Apache-2.0
// The real exporter as a child process.
#include "lab/exporter.h"

#include <bpf/bpf.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

#include "base/file.h"
#include "base/unique_fd.h"
#include "support/http_client.h"
#include "support/timeout.h"

namespace packetdrop::lab {
namespace {

constexpr auto kStartLimit = std::chrono::seconds(20);

Result<std::string> body_of(Result<HttpResponse> response) {
  if (!response) return response.error();
  if (response->status != 200)
    return Error{.code = response->status,
                 .message = "HTTP " + std::to_string(response->status) + ": " + response->body};
  return response->body;
}

}  // namespace

int free_port() {
  const UniqueFd fd(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  socklen_t size = sizeof(address);
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return 0;
  return ntohs(address.sin6_port);
}

int bpf_program_count() {
  __u32 id = 0;
  int count = 0;
  while (bpf_prog_get_next_id(id, &id) == 0) count++;
  return count;
}

Result<Exporter> Exporter::start(const std::vector<std::string>& flags,
                                 std::vector<std::string> wrapper) {
  const char* program = std::getenv("PACKETDROP_EXPORTER");
  if (!program) return Error{.code = 0, .message = "PACKETDROP_EXPORTER names no program"};

  const int port = free_port();
  TemporaryFile log;
  std::vector<std::string> command = std::move(wrapper);
  command.insert(command.end(), {program, "--web.listen-address=127.0.0.1:" + std::to_string(port),
                                 "--web.listen-address=[::1]:" + std::to_string(port)});
  command.insert(command.end(), flags.begin(), flags.end());
  if (const char* more = std::getenv("PACKETDROP_FLAGS")) {
    std::istringstream words(more);
    for (std::string flag; words >> flag;) command.push_back(flag);
  }
  auto process = Process::start(command, log.path());
  if (!process) return process.error();

  Exporter exporter(*std::move(process), port, std::move(log));
  const auto deadline = std::chrono::steady_clock::now() + scaled(kStartLimit);
  for (;;) {
    // The line comes once it serves and has tried to attach.
    const std::string logged = exporter.log();
    if (logged.find("counting by") != std::string::npos ||
        logged.find("\"not counting\"") != std::string::npos)
      return exporter;
    if (!exporter.process_.is_running() || std::chrono::steady_clock::now() > deadline)
      return Error{.code = 0, .message = "the exporter did not start: " + logged};
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

std::string Exporter::log() const {
  auto text = read_file(log_.path(), 1 << 20);
  return text ? *text : text.error().message;
}

Result<Scrape> Exporter::scrape(bool over_ipv6) const {
  auto text = body_of(http_request(over_ipv6 ? ipv6() : ipv4(), "GET", "/metrics"));
  if (!text) return text.error();
  return Scrape::parse(*text);
}

Result<std::string> Exporter::status() const {
  return body_of(http_request(ipv6(), "GET", "/api/v1/status"));
}

Result<void> Exporter::post(const std::string& target) const {
  auto text = body_of(http_request(ipv6(), "POST", target));
  if (!text) return text.error();
  return {};
}

}  // namespace packetdrop::lab
