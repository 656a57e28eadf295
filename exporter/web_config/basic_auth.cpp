// SPDX-License-Identifier: Apache-2.0
// Checks user names and passwords against bcrypt hashes, at a bounded cost.
#include "web_config/basic_auth.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "web_config/bcrypt.h"

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

// "Basic dXNlcjpwYXNzd29yZA=="; the case of the scheme does not matter.
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

// Of user, hash and password, so that a new hash is checked again. Sizes separate the parts.
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

int highest_cost(const BasicAuth::Users& users) {
  int highest = 0;
  for (const auto& [name, hash] : users) highest = std::max(highest, bcrypt_cost(hash).value_or(0));
  return highest;
}

}  // namespace

struct BasicAuth::Attempt {
  Credentials who;
  const std::string* hash;  // null: no user of that name
  std::string digest;

  // A wrong password for a cheap hash takes as long as for the most expensive one: 2^c + 2^c +
  // 2^(c+1)
  // + … = 2^highest.
  bool compute(int highest) const {
    if (hash == nullptr) {
      spend_bcrypt(highest);
      return false;
    }
    if (bcrypt_matches(who.password, *hash)) return true;
    for (int cost = bcrypt_cost(*hash).value_or(highest); cost < highest; cost++)
      spend_bcrypt(cost);
    return false;
  }
};

// kBusy: not remembered.
Login BasicAuth::remembered(const Attempt& attempt) {
  const std::lock_guard lock(mutex_);
  if (attempt.hash != nullptr) {
    const auto right = right_.find(attempt.who.user);
    if (right != right_.end() && right->second == attempt.digest) return Login::kRight;
  }
  return wrong_.contains(attempt.digest) ? Login::kWrong : Login::kBusy;
}

void BasicAuth::remember(const Attempt& attempt, bool right, const Users& users) {
  const std::lock_guard lock(mutex_);
  if (right) {
    std::erase_if(right_, [&](const auto& entry) { return !users.contains(entry.first); });
    right_[attempt.who.user] = attempt.digest;
    return;
  }
  if (wrong_.insert(attempt.digest).second) wrong_order_.push_back(attempt.digest);
  if (wrong_order_.size() > kMostWrong) {
    wrong_.erase(wrong_order_.front());
    wrong_order_.pop_front();
  }
}

std::optional<std::string> BasicAuth::why_no_login(std::string_view user) {
  if (user.find(':') != user.npos)
    return "nobody can log in as " + quoted(user) + ": a name ends at its first colon (RFC 7617)";
  if (std::ranges::any_of(user, [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    return "clients may not log in as " + quoted(user) + ": it has control characters (RFC 7617)";
  return std::nullopt;
}

Login BasicAuth::check(const Users& users, std::string_view authorization,
                       const std::string& network) {
  auto who = parse(authorization);
  // crypt() would stop at a zero byte and check only the part before it.
  if (!who || users.empty() || who->password.find('\0') != std::string::npos) return Login::kWrong;
  const auto found = users.find(who->user);
  const std::string* const hash = found == users.end() ? nullptr : &found->second;
  std::string digest = digest_of(*who, hash == nullptr ? "" : *hash);
  const Attempt attempt{.who = *std::move(who), .hash = hash, .digest = std::move(digest)};
  if (const Login known = remembered(attempt); known != Login::kBusy) return known;
  const auto turn = turns_.wait(network);
  if (!turn) return Login::kBusy;
  // The turn before may have computed the same password.
  if (const Login known = remembered(attempt); known != Login::kBusy) {
    turn->skip();
    return known;
  }
  const bool right = attempt.compute(highest_cost(users));
  if (right) turn->succeed();
  remember(attempt, right, users);
  return right ? Login::kRight : Login::kWrong;
}

}  // namespace packetdrop
