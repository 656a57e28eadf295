// SPDX-License-Identifier: Apache-2.0
// The source "kmod": reads and writes /proc/mooc/net/drop-packet.
#include "sources/kmod/kmod_source.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <mutex>

#include "base/boot_time.h"
#include "base/file.h"
#include "base/unique_fd.h"
#include "host/names/drop_namer.h"
#include "sources/kmod/proc_text.h"

namespace packetdrop {
namespace {

constexpr std::size_t kTextLimit = 1 << 20;

// What a person can do about it.
std::string advice(int code) {
  switch (code) {
    case ENOENT:
      return "the module is not loaded: modprobe drop_packet (the preflight check \"modules\" says "
             "where a kernel refuses it)";
    case EACCES:
    case EPERM:
      return "switching the module needs CAP_NET_ADMIN on the host's network and outside of any "
             "user namespace, and write access to the file";
    default:
      return {};
  }
}

Error explain(Error error) {
  const std::string what_to_do = advice(error.code);
  if (!what_to_do.empty()) error.message += "; " + what_to_do;
  return error;
}

class KmodSource : public Source {
 public:
  KmodSource(const HostPaths& paths, const std::string& btf)
      : path_(paths.procfs + "/mooc/net/drop-packet"), namer_(paths, btf) {}

  std::string_view name() const override { return kKmod; }
  Result<void> activate() override { return write_word("activate"); }
  Result<void> deactivate() override { return write_word("deactivate"); }

  Result<Snapshot> read() override {
    auto snapshot = read_now();
    log_once(snapshot);
    return snapshot;
  }

 private:
  Result<Snapshot> read_now() {
    auto text = read_file(path_, kTextLimit);
    if (!text) return explain(std::move(text).error());
    auto snapshot = parse_proc_text(
        *text, {.reason_name = [this](std::uint32_t number) { return namer_.reason(number); },
                .booted = boot_time()});
    if (!snapshot)
      return Error{.code = EBADMSG, .message = path_ + ": " + snapshot.error().message};
    return snapshot;
  }

  // An error that stays is logged once, not at each scrape; a module that is not loaded is no
  // error.
  void log_once(const Result<Snapshot>& snapshot) {
    const bool wrong = !snapshot && !snapshot.error().absent();
    const std::string message = wrong ? snapshot.error().message : "";
    const std::lock_guard lock(mutex_);
    if (wrong && message != logged_) spdlog::error("source kmod: {}", message);
    logged_ = message;
  }

  Result<void> write_word(std::string_view word) const {
    const UniqueFd file(open(path_.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file) return explain(system_error(path_, errno));
    if (write(file.get(), word.data(), word.size()) < 0)
      return system_error(path_ + ": " + std::string(word), errno);
    return {};
  }

  const std::string path_;
  DropNamer namer_;
  std::mutex mutex_;
  std::string logged_;
};

}  // namespace

std::unique_ptr<Source> make_kmod_source(const HostPaths& paths, const std::string& btf) {
  return std::make_unique<KmodSource>(paths, btf);
}

}  // namespace packetdrop
