// SPDX-License-Identifier: Apache-2.0
// Web configuration files; what is read has to be whole, and what is refused says why.
#include "web_config/web_config.h"

#include "fuzz/target.h"
#include "web_config/bcrypt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace packetdrop;
  const Result<WebConfig> config = parse_web_config(std::string(as_text(data, size)), "/etc");
  if (!config) {
    require(!config.error().message.empty());
    return 0;
  }
  require(config->rate_limit.burst >= 0 && config->rate_limit.interval.count() >= 0);
  for (const auto& [name, hash] : config->users) {
    const auto cost = bcrypt_cost(hash);
    require(cost && *cost <= kHighestBcryptCost);
  }
  require(!config->says_no_users || config->users.empty());
  require(!opens_the_door(*config, *config));
  if (config->tls) {
    require(config->tls->certificate.is_set() && config->tls->key.is_set());
    require(config->tls->min_version <= config->tls->max_version);
  }
  return 0;
}
