// SPDX-License-Identifier: Apache-2.0
// Checks user names and passwords against bcrypt hashes, at a bounded cost.
#include "web_config/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace packetdrop {
namespace {

struct Credentials {
  std::string user;
  std::string password;
};

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  // OpenSSL decodes padding as zeros.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  out.resize(static_cast<std::size_t>(length) - padding);
  return out;
}

// "Basic dXNlcjpwYXNzd29yZA==", the scheme in any case.
std::optional<Credentials> parse(std::string_view authorization) {
  static constexpr std::string_view kScheme = "basic ";
  const bool basic =
      authorization.size() > kScheme.size() &&
      std::equal(kScheme.begin(), kScheme.end(), authorization.begin(),
                 [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
  if (!basic) return std::nullopt;
  const auto text = decode_base64(authorization.substr(kScheme.size()));
  const std::size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{.user = text->substr(0, colon), .password = text->substr(colon + 1)};
}

// Of all three, so that a new hash asks again. Each is followed by a byte that none of them has.
std::string digest_of(const Credentials& who, const std::string& hash) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  std::string text;
  for (const std::string* part : {&who.user, &hash})
    text += std::to_string(part->size()) + ":" + *part;
  text += who.password;
  EVP_Digest(text.data(), text.size(), digest.data(), &length, EVP_sha256(), nullptr);
  OPENSSL_cleanse(text.data(), text.size());
  return {reinterpret_cast<const char*>(digest.data()), length};
}

bool matches(const std::string& password, const std::string& hash) {
  // crypt() would stop at a zero byte, and take what stands before it for all.
  if (password.find('\0') != std::string::npos) return false;
  const auto data = std::make_unique<crypt_data>();
  const char* const computed = crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool same = computed != nullptr && std::string_view(computed).size() == hash.size() &&
                    CRYPTO_memcmp(computed, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return same;
}

}  // namespace

Login BasicAuth::remembered(const std::string& user, const std::string& digest) {
  const auto right = right_.find(user);
  if (right != right_.end() && right->second == digest) return Login::kRight;
  return wrong_.contains(digest) ? Login::kWrong : Login::kBusy;
}

Login BasicAuth::check(const std::map<std::string, std::string>& users,
                       std::string_view authorization) {
  const auto who = parse(authorization);
  if (!who || users.empty()) return Login::kWrong;
  const auto found = users.find(who->user);
  // An unknown name costs what a known one does, or it could be told from one.
  const std::string& hash = (found == users.end() ? users.begin() : found)->second;
  const std::string digest = digest_of(*who, hash);
  {
    const std::lock_guard lock(memory_mutex_);
    const Login known = remembered(who->user, digest);
    if (known != Login::kBusy) return known;
    if (waiting_ >= kMostWaiting) return Login::kBusy;
    waiting_++;
  }
  // Also where memory runs out meanwhile.
  const std::unique_ptr<BasicAuth, void (*)(BasicAuth*)> guard(this, [](BasicAuth* self) {
    const std::lock_guard lock(self->memory_mutex_);
    self->waiting_--;
  });
  return compute(who->user, hash, who->password, digest, found != users.end());
}

Login BasicAuth::compute(const std::string& user, const std::string& hash,
                         const std::string& password, const std::string& digest, bool known_user) {
  const std::lock_guard bcrypt_lock(bcrypt_mutex_);
  {
    // Who waited before may have asked the same.
    const std::lock_guard lock(memory_mutex_);
    const Login known = remembered(user, digest);
    if (known != Login::kBusy) return known;
  }
  std::this_thread::sleep_until(not_before_);
  const Clock::time_point start = Clock::now();
  const bool right = matches(password, hash) && known_user;
  const Clock::time_point end = Clock::now();
  if (!right) not_before_ = end + 9 * (end - start);

  const std::lock_guard lock(memory_mutex_);
  if (right) {
    right_[user] = digest;
    return Login::kRight;
  }
  if (wrong_.insert(digest).second) wrong_order_.push_back(digest);
  if (wrong_order_.size() > kMostWrong) {
    wrong_.erase(wrong_order_.front());
    wrong_order_.pop_front();
  }
  return Login::kWrong;
}

}  // namespace packetdrop
