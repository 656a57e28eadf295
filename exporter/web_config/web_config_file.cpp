// SPDX-License-Identifier: Apache-2.0
// Loads a web configuration file, and reloads it when it has changed.
#include "web_config/web_config_file.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "web_config/basic_auth.h"

namespace packetdrop {
namespace {

constexpr std::size_t kSizeLimit = std::size_t{4} * 1024 * 1024;  // bytes: about 40,000 users
constexpr auto kNap =
    std::chrono::milliseconds(50);  // between two checks of a file that is being written

std::int64_t nanoseconds_of(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

// The exporter toolkit accepts these settings, too. Other users can still log in.
void warn_of(const std::string& path, const WebConfig& config) {
  if (config.rate_limit.interval.count() > 0 && config.rate_limit.burst == 0)
    spdlog::warn("{}: rate_limit without burst refuses every request", path);
  for (const auto& [name, hash] : config.users)
    if (const auto why = BasicAuth::why_no_login(name))
      spdlog::warn("{}: basic_auth_users: {}", path, *why);
}

}  // namespace

WebConfigFile::Stamp WebConfigFile::stamp(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0)
    return {.path = path,
            .exists = false,
            .device = 0,
            .inode = 0,
            .size = 0,
            .modified_ns = 0,
            .changed_ns = 0};
  return {.path = path,
          .exists = true,
          .device = found.st_dev,
          .inode = found.st_ino,
          .size = found.st_size,
          .modified_ns = nanoseconds_of(found.st_mtim),
          .changed_ns = nanoseconds_of(found.st_ctim)};
}

bool WebConfigFile::is_settled(const Stamp& stamp) const {
  const std::chrono::nanoseconds age = std::chrono::system_clock::now().time_since_epoch() -
                                       std::chrono::nanoseconds(stamp.modified_ns);
  // A time in the future was not set by a write just now on this clock.
  return !stamp.exists || age < std::chrono::nanoseconds(0) || age >= settle_time_;
}

bool WebConfigFile::has_changed_and_settled() const {
  bool changed = false;
  for (const Stamp& known : stamps_) {
    const Stamp now = stamp(known.path);
    if (now == known) continue;
    if (!is_settled(now)) return false;
    changed = true;
  }
  return changed;
}

Result<std::shared_ptr<const WebConfigFile::State>> WebConfigFile::load() {
  // Before reading, so that a change meanwhile causes another reload.
  stamps_ = {stamp(path_)};
  const Result<std::string> text = read_file(path_, kSizeLimit);
  if (!text) return text.error();
  Result<WebConfig> config =
      parse_web_config(*text, std::filesystem::path(path_).parent_path().string());
  if (!config) return Error{.code = 0, .message = path_ + ":" + config.error().message};
  auto state = std::make_shared<State>();
  if (config->tls) {
    for (const PemText* pem :
         {&config->tls->certificate, &config->tls->key, &config->tls->client_ca})
      if (!pem->file.empty()) stamps_.push_back(stamp(pem->file));
    auto identity = TlsIdentity::load(*config->tls);
    if (!identity) return Error{.code = 0, .message = path_ + ": " + identity.error().message};
    state->identity = *std::move(identity);
  }
  state->config = *std::move(config);
  return std::shared_ptr<const State>(std::move(state));
}

Result<std::unique_ptr<WebConfigFile>> WebConfigFile::open(const std::string& path,
                                                           std::chrono::nanoseconds settle_time) {
  std::unique_ptr<WebConfigFile> file(new WebConfigFile(path, settle_time));
  auto state = file->load();
  // The file may still be written: a configuration that admits everybody is used only once it has
  // settled, because TLS cannot be added later.
  for (const auto deadline = std::chrono::steady_clock::now() + 10 * settle_time;
       state && (*state)->config.lets_in_everybody() && !file->is_settled(stamp(path)) &&
       std::chrono::steady_clock::now() < deadline;
       state = file->load())
    std::this_thread::sleep_for(kNap);
  if (!state) return state.error();
  file->state_ = *std::move(state);
  warn_of(path, file->state_->config);
  return file;
}

std::shared_ptr<const WebConfigFile::State> WebConfigFile::current() {
  const std::lock_guard lock(mutex_);
  if (!has_changed_and_settled()) return state_;
  auto state = load();
  // A file changed while it was read: the result may mix old and new.
  if (std::ranges::any_of(stamps_, [](const Stamp& read) { return stamp(read.path) != read; }))
    return state_;
  if (state)
    if (const auto problem = opens_the_door(state_->config, (*state)->config))
      state = Error{.code = 0, .message = path_ + ": " + *problem};
  last_reload_successful_ = static_cast<bool>(state);
  if (state) {
    state_ = *std::move(state);
    spdlog::info("{} has changed and was reloaded", path_);
    warn_of(path_, state_->config);
  } else {
    spdlog::error("{}; the previous configuration stays in force", state.error().message);
  }
  return state_;
}

}  // namespace packetdrop
