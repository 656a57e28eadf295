// SPDX-License-Identifier: Apache-2.0
// Answers a scrape, in the format and the time that the scraper asks for.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "api/handlers.h"
#include "base/text.h"
#include "http/gzip.h"
#include "metrics/scrape.h"

namespace packetdrop {
namespace {

constexpr std::string_view kTimeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds";

// Counts one scrape as long as it lives.
class InFlight {
 public:
  explicit InFlight(std::atomic<int>& count) : count_(count), number_(++count) {}
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight() { --count_; }
  int number() const { return number_; }

 private:
  std::atomic<int>& count_;
  int number_;
};

std::optional<double> parse_seconds(std::string_view text) {
  const auto seconds = parse_number<double>(text);
  return seconds && std::isfinite(*seconds) && *seconds > 0 ? seconds : std::nullopt;
}

// The time that a source may take, so that the response is in time for the scrape.
std::chrono::milliseconds source_timeout(std::optional<double> scrape_timeout) {
  if (!scrape_timeout) return Controller::kTimeout;
  const std::chrono::duration<double> most(*scrape_timeout * 0.8);
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::min<std::chrono::duration<double>>(most, Controller::kTimeout));
}

// Compressed if the client accepts gzip and compression succeeds.
void set_body(Response& response, const std::string& text, const Request& request) {
  if (accepts_gzip(request.list("Accept-Encoding"))) {
    if (Result<std::string> packed = gzip(text)) {
      response.body = *std::move(packed);
      response.headers.emplace_back("Content-Encoding", "gzip");
      return;
    }
  }
  response.body = text;
}

}  // namespace

Response answer_scrape(Context& context, const Request& request, const Query&) {
  const auto start = std::chrono::steady_clock::now();
  const InFlight scrape(context.scrapes);
  const int limit = context.options.max_requests;
  if (limit > 0 && scrape.number() > limit)
    return error_response(
        503, "more than " + std::to_string(limit) + " scrapes at one time (--web.max-requests)");
  std::optional<double> timeout;
  if (const auto text = request.header(kTimeoutHeader)) {
    timeout = parse_seconds(*text);
    if (!timeout)
      return error_response(400, std::string(kTimeoutHeader) + " is a number of seconds above 0");
  }

  const std::vector<SourceReading> readings = context.controller.read_all(source_timeout(timeout));
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  // The scraper has given up by now: do not render.
  if (timeout && elapsed.count() >= *timeout)
    return error_response(503, "reading took longer than the scrape timeout");

  // One at a time, into memory that is kept. One text per worker would be the largest use of memory
  // of this process, and the allocator would keep it.
  const std::lock_guard rendering(context.rendering);
  const ExpositionFormat format = negotiate_format(request.list("Accept"));
  context.rendered.clear();
  render_scrape({.readings = readings,
                 .preflight = context.preflight,
                 .exporter_metrics = context.options.exporter_metrics,
                 .server = {.web_config_reloaded = context.authentication.last_reload_successful(),
                            .connections_refused = context.server.connections_refused()},
                 .created_timestamps = context.options.created_timestamps},
                format, context.rendered);
  Response response{.content_type = content_type(format), .body = {}};
  response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
  set_body(response, context.rendered, request);
  return response;
}

}  // namespace packetdrop
