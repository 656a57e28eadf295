// SPDX-License-Identifier: Apache-2.0
// The real exporter as a child process, and what a scrape of it says.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "lab/process.h"
#include "lab/temporary_file.h"
#include "model/snapshot.h"

namespace packetdrop::lab {

using Labels = std::map<std::string, std::string>;

struct Series {
  std::string name;
  Labels labels;
  double value = 0;
};

// One scrape, taken apart.
class Scrape {
 public:
  static Result<Scrape> parse(const std::string& text);

  const std::vector<Series>& series() const { return series_; }
  // The sum of every series of that name whose labels include these; 0 where there is none.
  double sum(const std::string& name, const Labels& labels) const;
  Counters counters(const ProbeInfo& hook, std::size_t key, const std::string& source) const;

 private:
  std::vector<Series> series_;
};

// Serves on one port of 127.0.0.1 and of ::1, so that a test can scrape over the family whose
// packets it does not count.
class Exporter {
 public:
  // Returns once it answers. The program is $PACKETDROP_EXPORTER, with the flags in
  // $PACKETDROP_FLAGS besides; `wrapper` is a command that is to run it.
  static Result<Exporter> start(const std::vector<std::string>& flags = {},
                                std::vector<std::string> wrapper = {});

  std::string ipv4() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string ipv6() const { return "[::1]:" + std::to_string(port_); }
  Process& process() { return process_; }
  // What it has logged so far.
  std::string log() const;

  Result<Scrape> scrape(bool over_ipv6 = true) const;
  Result<std::string> status() const;
  Result<void> post(const std::string& target) const;

 private:
  Exporter(Process process, int port, TemporaryFile log)
      : process_(std::move(process)), port_(port), log_(std::move(log)) {}

  Process process_;
  int port_;
  TemporaryFile log_;
};

// A TCP port that nobody had a moment ago.
int free_port();

// BPF programs that are loaded in this kernel, anybody's.
int bpf_program_count();

}  // namespace packetdrop::lab
