// SPDX-License-Identifier: Apache-2.0
// The programs that are measured from outside: the exporter, and node_exporter beside it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/process.h"
#include "support/http_client.h"

namespace packetdrop::bench {

// A running program that serves /metrics on loopback. Killed when this object goes, and when the
// thread that started it ends.
class Target {
 public:
  // The release build that $PACKETDROP_EXPORTER names; returns once a scrape says that it counts.
  static Result<Target> exporter(const std::vector<std::string>& flags = {});
  // Debian's, with its defaults; returns once it answers.
  static Result<Target> node_exporter();
  // Any program that takes --web.listen-address first; returns once a scrape holds all of `marks`.
  static Result<Target> start(const std::string& program, const std::vector<std::string>& flags,
                              const std::vector<std::string>& marks);

  const std::string& address() const { return address_; }
  pid_t pid() const { return process_.pid(); }
  // From before exec to the answer that start() waited for.
  std::chrono::nanoseconds startup() const { return startup_; }

  // User and system time of all its threads, the ended ones too.
  std::chrono::nanoseconds cpu_time() const;
  // Both in KiB.
  long resident() const { return process_.resident(); }
  long resident_peak() const { return process_.resident_peak(); }

 private:
  Target(lab::Process process, std::string address, std::chrono::nanoseconds startup)
      : process_(std::move(process)), address_(std::move(address)), startup_(startup) {}

  lab::Process process_;
  std::string address_;
  std::chrono::nanoseconds startup_;
};

// Samples in the text of a scrape.
std::size_t count_series(const std::string& body);

// What Prometheus sends with a scrape.
HttpHeaders prometheus_headers();

// One scrape, answered with 200, or the end of the benchmark.
HttpResponse scrape(HttpClient& client, const HttpHeaders& headers = {});

}  // namespace packetdrop::bench
