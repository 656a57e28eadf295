// SPDX-License-Identifier: Apache-2.0
// A web configuration file, reloaded when it or a file that it names has changed.
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
  // The file and the files that it names, at one moment.
  struct State {
    WebConfig config;
    std::shared_ptr<const TlsIdentity> identity;  // null without TLS
  };

  // A file written within the last `settle_time` may be incomplete.
  static constexpr std::chrono::nanoseconds kSettleTime = std::chrono::seconds(1);

  // The error begins with the file's name and, if it has a place, ":LINE:COLUMN".
  static Result<std::unique_ptr<WebConfigFile>> open(
      const std::string& path, std::chrono::nanoseconds settle_time = kSettleTime);

  // The current state of the files, once they have settled. Costs a stat() of each. If they are
  // invalid, or would admit clients without stating it (opens_the_door()), returns the last good
  // state and logs one line per change.
  std::shared_ptr<const State> current();

  bool last_reload_successful() const { return last_reload_successful_; }

 private:
  // What identifies one version of a file.
  struct Stamp {
    std::string path;
    bool exists;
    dev_t device;
    ino_t inode;
    off_t size;
    std::int64_t modified_ns;
    std::int64_t changed_ns;  // unlike the modification time, cannot be set

    bool operator==(const Stamp&) const = default;
  };

  WebConfigFile(std::string path, std::chrono::nanoseconds settle_time)
      : path_(std::move(path)), settle_time_(settle_time) {}
  static Stamp stamp(const std::string& path);
  // Whether a file has changed and no file is still being written.
  bool has_changed_and_settled() const;
  bool is_settled(const Stamp& stamp) const;
  // Reads all files and records their stamps, even if it fails.
  Result<std::shared_ptr<const State>> load();

  const std::string path_;
  const std::chrono::nanoseconds settle_time_;
  std::mutex mutex_;
  std::shared_ptr<const State> state_;
  std::vector<Stamp> stamps_;
  std::atomic<bool> last_reload_successful_ = true;
};

}  // namespace packetdrop
