// SPDX-License-Identifier: Apache-2.0
// bcrypt hashes, computed by libxcrypt.
#include "web_config/bcrypt.h"

#include <crypt.h>
#include <openssl/crypto.h>

#include <memory>
#include <string_view>

namespace packetdrop {
namespace {

bool compute(const std::string& password, const std::string& hash) {
  const auto data = std::make_unique<crypt_data>();
  const char* const computed = crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool same = computed != nullptr && std::string_view(computed).size() == hash.size() &&
                    CRYPTO_memcmp(computed, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(data.get(), sizeof(crypt_data));
  return same;
}

}  // namespace

std::optional<int> bcrypt_cost(const std::string& hash) {
  static constexpr std::string_view kAlphabet =
      "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  static constexpr std::string_view kDigits = "0123456789";
  if (hash.size() != 60 || !hash.starts_with("$2") || hash[3] != '$' || hash[6] != '$' ||
      std::string_view("aby").find(hash[2]) == std::string_view::npos ||
      hash.find_first_not_of(kAlphabet, 7) != std::string::npos ||
      kDigits.find(hash[4]) == std::string_view::npos ||
      kDigits.find(hash[5]) == std::string_view::npos)
    return std::nullopt;
  const int cost = (hash[4] - '0') * 10 + hash[5] - '0';
  return cost >= 4 && cost <= 31 ? std::optional(cost) : std::nullopt;
}

bool bcrypt_matches(const std::string& password, const std::string& hash) {
  // crypt() refuses a too long password at once; the short time would reveal that the name exists.
  if (password.size() < CRYPT_MAX_PASSPHRASE_SIZE) return compute(password, hash);
  compute("", hash);
  return false;
}

void spend_bcrypt(int cost) {
  const std::string digits = {static_cast<char>('0' + cost / 10),
                              static_cast<char>('0' + cost % 10)};
  compute("", "$2b$" + digits + "$" + std::string(53, '.'));
}

}  // namespace packetdrop
