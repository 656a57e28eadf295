// SPDX-License-Identifier: Apache-2.0
// The programs that are measured from outside.
#include "bench/target.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <thread>

#include "bench/report.h"
#include "lab/exporter.h"

namespace packetdrop::bench {
namespace {

using std::chrono::steady_clock;

constexpr auto kStartLimit = std::chrono::seconds(20);
// Short against what is measured, long enough to leave the CPU to the program that starts.
constexpr auto kPoll = std::chrono::microseconds(500);

bool answers(const std::string& address, const std::vector<std::string>& marks) {
  const auto response = http_request(address, "GET", "/metrics");
  return response && response->status == 200 &&
         std::ranges::all_of(marks, [&](const std::string& mark) {
           return response->body.find(mark) != std::string::npos;
         });
}

}  // namespace

Result<Target> Target::start(const std::string& program, const std::vector<std::string>& flags,
                             const std::vector<std::string>& marks) {
  const std::string address = "127.0.0.1:" + std::to_string(lab::free_port());
  // A benchmark that ends by an error, or is killed, must not leave the program behind: the kernel
  // ends it then.
  std::vector<std::string> command = {"setpriv", "--pdeathsig", "KILL", program,
                                      "--web.listen-address=" + address};
  command.insert(command.end(), flags.begin(), flags.end());
  const auto begin = steady_clock::now();
  auto process = lab::Process::start(command, "/dev/null");
  if (!process) return process.error();
  while (!answers(address, marks)) {
    if (!process->is_running() || steady_clock::now() - begin > kStartLimit)
      return Error{.code = 0, .message = program + " did not come up"};
    std::this_thread::sleep_for(kPoll);
  }
  return Target(*std::move(process), address, steady_clock::now() - begin);
}

Result<Target> Target::exporter(const std::vector<std::string>& flags) {
  const char* program = std::getenv("PACKETDROP_EXPORTER");
  if (!program) return Error{.code = 0, .message = "PACKETDROP_EXPORTER names no program"};
  return start(
      program, flags,
      {"packetdrop_active{source=\"bpf\"} 1\n", "packetdrop_hook_packets_total{source=\"bpf\""});
}

Result<Target> Target::node_exporter() {
  return start("prometheus-node-exporter", {}, {"node_cpu"});
}

std::chrono::nanoseconds Target::cpu_time() const {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid(), &clock) != 0 || clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::size_t count_series(const std::string& body) {
  std::istringstream lines(body);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) count += !line.empty() && line[0] != '#';
  return count;
}

HttpHeaders prometheus_headers() {
  return {{"Accept",
           "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
           "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"},
          {"Accept-Encoding", "gzip"},
          {"X-Prometheus-Scrape-Timeout-Seconds", "10"}};
}

HttpResponse scrape(HttpClient& client, const HttpHeaders& headers) {
  HttpResponse response = must(client.get("/metrics", headers));
  if (response.status != 200)
    must(Result<void>(Error{.code = response.status, .message = "a scrape was refused"}));
  return response;
}

}  // namespace packetdrop::bench
