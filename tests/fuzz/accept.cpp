// SPDX-License-Identifier: Apache-2.0
// Accept and Accept-Encoding, and the one thing that both promise: what was not asked for is not
// sent.
#include <string>

#include "fuzz/target.h"
#include "http/gzip.h"
#include "metrics/scrape.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace packetdrop;
  const std::string_view header = as_text(data, size);
  const auto mentions = [&](std::string_view name) {
    std::string lower(header);
    for (char& c : lower)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower.find(name) != std::string::npos;
  };
  if (negotiate_format(header) == ExpositionFormat::kOpenMetrics)
    require(mentions("application/openmetrics-text"));
  if (accepts_gzip(header)) require(mentions("gzip") || mentions("*"));
  return 0;
}
