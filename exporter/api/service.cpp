// SPDX-License-Identifier: Apache-2.0
// The exporter's HTTP service: server, gate and routes put together.
#include "api/service.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/end_signals.h"

namespace packetdrop {
namespace {

// Nothing listens yet, so a signal may end the process while it waits for the file to settle.
Result<std::unique_ptr<WebConfigFile>> open_web_config(const std::string& path) {
  const EndsAtOnce wait;
  return WebConfigFile::open(path);
}

// Names the flag; `error` begins with the flag's value, or names it.
Error of_flag(std::string_view flag, const Error& error) {
  return {.code = error.code, .message = std::string(flag) + error.message};
}

}  // namespace

Service::Service(ServerOptions options, Controller& controller, std::vector<Finding> preflight,
                 std::unique_ptr<WebConfigFile> web_config)
    : gate_({.control_uids = options.control_uids,
             .max_control_requests = options.max_control_requests},
            std::move(web_config)),
      context_{.options = std::move(options),
               .controller = controller,
               .preflight = std::move(preflight),
               .authentication = gate_.authentication(),
               .server = server_},
      routes_(routes(context_.options)),
      server_({.answer = [this](const Request& request) { return answer(request); },
               .tls_identity = [this]() -> std::shared_ptr<const TlsIdentity> {
                 const Authentication::State state = gate_.authentication().state();
                 return state ? state->identity : nullptr;
               },
               .stop = [this] { gate_.authentication().stop(); }}) {}

Result<std::unique_ptr<Service>> Service::start(ServerOptions options, Controller& controller,
                                                std::vector<Finding> preflight) {
  if (!options.telemetry_path.starts_with('/'))
    return Error{.code = EINVAL,
                 .message = "the telemetry path must begin with /: " + options.telemetry_path};
  std::unique_ptr<WebConfigFile> web_config;
  if (!options.web_config_file.empty()) {
    auto opened = open_web_config(options.web_config_file);
    if (!opened) return of_flag("--web.config.file=", opened.error());
    web_config = *std::move(opened);
  }
  std::unique_ptr<Service> service(
      new Service(std::move(options), controller, std::move(preflight), std::move(web_config)));
  const std::vector<std::string>& addresses = service->context_.options.listen_addresses;
  if (const Result<void> listening = service->server_.listen(addresses); !listening)
    return of_flag("--web.listen-address: ", listening.error());
  return service;
}

Response Service::answer(const Request& request) {
  const Authentication::State state = gate_.authentication().state();
  Response response = answer(state, request);
  Authentication::add_headers(state, response);
  return response;
}

Response Service::answer(const Authentication::State& state, const Request& request) {
  const auto route = std::ranges::find(routes_, request.path, &Route::path);
  const bool exists = route != routes_.end();
  const Target target{
      .exists = exists, .methods = exists ? route->methods : "", .open = exists && route->open};
  if (auto refusal = gate_.authorize(state, request, target)) return *std::move(refusal);
  if (route->methods != kWriteMethods) return route->handler(context_, request, {});
  if (!context_.options.control_api)
    return error_response(404, "the control API is switched off (--web.disable-control-api)");
  const Result<Query> query = parse_query(request.query, route->parameters);
  return query ? route->handler(context_, request, *query)
               : error_response(400, query.error().message);
}

}  // namespace packetdrop
