// SPDX-License-Identifier: Apache-2.0
// A web configuration file that is read again when it, or a file that it names, has changed.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "web_config/tls_identity.h"
#include "web_config/web_config.h"

namespace packetdrop {

// Thread-safe.
class WebConfigFile {
 public:
  // One state of the file and of what it names.
  struct State {
    WebConfig config;
    std::shared_ptr<const TlsIdentity> identity;  // null without TLS
  };

  // A file that was written to within `settle_time` may be half of what it is to be.
  static constexpr std::chrono::nanoseconds kSettleTime = std::chrono::seconds(1);

  // The error begins with the file's name and, where it is about a place in it, ":LINE:COLUMN".
  static Result<std::unique_ptr<WebConfigFile>> open(
      const std::string& path, std::chrono::nanoseconds settle_time = kSettleTime);

  // As the files are now, once they have settled. Costs a stat() of each. Where they are broken, or
  // would let in whom they keep out without saying so (opens_the_door()), it is the last good
  // state, and one line in the log for each change says so.
  std::shared_ptr<const State> current();

  bool last_reload_successful() const { return last_reload_successful_; }

 private:
  // What of a file tells that it is another one now.
  struct Stamp {
    std::string path;
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size;
    std::int64_t modified_ns;
    std::int64_t changed_ns;  // cannot be set, as the one before can

    bool operator==(const Stamp&) const = default;
  };

  WebConfigFile(std::string path, std::chrono::nanoseconds settle_time)
      : path_(std::move(path)), settle_time_(settle_time) {}
  static Stamp stamp(const std::string& path);
  // Whether there is something new to read, and nobody seems to be writing it.
  bool has_changed_and_settled() const;
  bool is_settled(const Stamp& stamp) const;
  // Reads all, and notes what was read, also where it fails.
  Result<std::shared_ptr<const State>> load();

  const std::string path_;
  const std::chrono::nanoseconds settle_time_;
  std::mutex mutex_;
  std::shared_ptr<const State> state_;
  std::vector<Stamp> stamps_;
  std::atomic<bool> last_reload_successful_ = true;
};

}  // namespace packetdrop
