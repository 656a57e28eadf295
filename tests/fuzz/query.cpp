// SPDX-License-Identifier: Apache-2.0
// Whatever stands behind the question mark of a URL, and the durations in it.
#include "http/query.h"

#include <array>

#include "control/duration.h"
#include "fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace packetdrop;
  static constexpr std::array<std::string_view, 2> allowed = {"source", "ttl"};
  const Result<Query> query = parse_query(as_text(data, size), allowed);
  if (!query) {
    require(!query.error().message.empty());
    return 0;
  }
  require(query->size() <= allowed.size());
  for (const auto& [name, value] : *query) {
    require(name == "source" || name == "ttl");
    const auto ttl = parse_ttl(value);
    require(!ttl || (*ttl >= kShortestTtl && *ttl <= kLongestTtl));
  }
  return 0;
}
