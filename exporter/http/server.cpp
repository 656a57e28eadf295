// SPDX-License-Identifier: Apache-2.0
// Serves the route table over HTTP, with civetweb.
#include "http/server.h"

#include <civetweb.h>
#include <spdlog/spdlog.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <exception>
#include <mutex>
#include <utility>

#include "http/connection.h"
#include "http/listen_address.h"
#include "http/routes.h"

namespace packetdrop {
namespace {

// civetweb gives one worker to one connection, for as long as that is open; more clients wait. No
// more than --web.max-requests by default, so that a crowd of scrapers waits instead of failing.
constexpr int kWorkers = 40;
// Idle connections may hold all workers but these, so that a new client is always served.
constexpr int kReservedWorkers = 10;
constexpr const char* kMaxRequestSize = "8192";  // bytes of request line and headers

struct Setting {
  const char* name;
  const char* value;
};

constexpr std::array<Setting, 9> kSettings = {{
    {"request_timeout_ms", "10000"},  // what half a request can cost
    {"enable_keep_alive", "yes"},
    {"keep_alive_timeout_ms", "75000"},  // longer than the usual scrape intervals
    {"max_request_size", kMaxRequestSize},
    {"tcp_nodelay", "1"},
    {"decode_url", "no"},                // routes match the raw path
    {"enable_auth_domain_check", "no"},  // it closes absolute-form requests without a word
    {"access_control_allow_origin", ""},
    {"access_control_allow_methods", ""},
}};

// civetweb does not tell a request that is too long from one that is not a request.
Response library_error(int status, const char* message) {
  if (status >= 500) return error_response(status, message);
  return error_response(400,
                        "malformed or incomplete request, or a request line and headers of more "
                        "than " +
                            std::string(kMaxRequestSize) + " bytes");
}

}  // namespace

// Owns the civetweb context; its address is civetweb's user data.
class Server::Impl {
 public:
  Impl(ServerOptions options, Controller& controller, std::vector<Finding> preflight)
      : router_(std::move(options), controller, std::move(preflight)) {
    mg_init_library(MG_FEATURES_IPV6);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    if (context_) mg_stop(context_);
    mg_exit_library();
  }

  Result<void> listen(const std::vector<std::string>& texts);
  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  static int on_request(mg_connection* connection);
  static int on_error(mg_connection* connection, int status, const char* message);
  static int on_log(const mg_connection* connection, const char* message);
  static int on_open(const mg_connection* connection, void** data);
  static void on_close(const mg_connection* connection);
  static Impl& of(const mg_connection* connection) {
    return *static_cast<Impl*>(mg_get_user_data(mg_get_context(connection)));
  }

  Result<void> start_civetweb(const std::string& ports);
  void learn_addresses(const std::vector<ListenAddress>& wanted);
  bool has_spare_workers() const { return connections_ <= kWorkers - kReservedWorkers; }

  Router router_;
  mg_context* context_ = nullptr;
  std::vector<std::string> addresses_;
  std::atomic<int> connections_ = 0;
  std::atomic<bool> started_ = false;
  std::mutex start_mutex_;
  std::string start_problem_;  // civetweb's first words while it starts
};

int Server::Impl::on_request(mg_connection* connection) {
  return answer_safely(connection, [&] {
    Impl& impl = of(connection);
    const ParsedRequest parsed(connection);
    Response response = parsed.too_many_headers() ? error_response(431, "more than 63 header lines")
                                                  : impl.router_.answer(parsed.request());
    // An unread body would be taken for the next request.
    response.close |= parsed.request().has_body() || !impl.has_spare_workers();
    return send(connection, response, parsed);
  });
}

int Server::Impl::on_error(mg_connection* connection, int status, const char* message) {
  answer_safely(connection, [&] {
    const ParsedRequest parsed(connection);
    // civetweb refuses methods that it does not know before anybody else sees them.
    Response response = status == 400 && parsed.has_unknown_method()
                            ? of(connection).router_.answer(parsed.request())
                            : library_error(status, message);
    response.close = true;
    return send(connection, response, parsed);
  });
  return 0;
}

int Server::Impl::on_log(const mg_connection* connection, const char* message) {
  try {
    Impl& impl = of(connection);
    if (impl.started_) {
      spdlog::debug("civetweb: {}", message);
      return 1;
    }
    const std::lock_guard lock(impl.start_mutex_);
    if (impl.start_problem_.empty()) impl.start_problem_ = message;
  } catch (const std::exception&) {
    // A lost line is all that this can cost.
  }
  return 1;
}

int Server::Impl::on_open(const mg_connection* connection, void**) {
  ++of(connection).connections_;
  return 0;
}

void Server::Impl::on_close(const mg_connection* connection) { --of(connection).connections_; }

Result<void> Server::Impl::start_civetweb(const std::string& ports) {
  mg_callbacks callbacks{};
  callbacks.begin_request = on_request;
  callbacks.http_error = on_error;
  callbacks.log_message = on_log;
  callbacks.init_connection = on_open;
  callbacks.connection_closed = on_close;
  const std::string workers = std::to_string(kWorkers);
  std::vector<const char*> options = {"listening_ports", ports.c_str(), "num_threads",
                                      workers.c_str()};
  for (const Setting& setting : kSettings) {
    options.push_back(setting.name);
    options.push_back(setting.value);
  }
  options.push_back(nullptr);
  std::array<char, 256> text{};
  mg_init_data init{
      .callbacks = &callbacks, .user_data = this, .configuration_options = options.data()};
  mg_error_data error{
      .code = 0, .code_sub = 0, .text = text.data(), .text_buffer_size = text.size()};
  context_ = mg_start2(&init, &error);
  started_ = true;
  if (context_) return {};
  return Error{.code = EADDRNOTAVAIL,
               .message = start_problem_.empty() ? std::string(text.data()) : start_problem_};
}

void Server::Impl::learn_addresses(const std::vector<ListenAddress>& wanted) {
  std::vector<mg_server_port> ports(wanted.size());
  mg_get_server_ports(context_, static_cast<int>(ports.size()), ports.data());
  for (std::size_t i = 0; i < wanted.size(); i++)
    addresses_.push_back(wanted[i].host + ":" + std::to_string(ports[i].port));
}

Result<void> Server::Impl::listen(const std::vector<std::string>& texts) {
  std::vector<ListenAddress> wanted;
  std::string ports;
  std::string all;
  for (const std::string& text : texts) {
    Result<ListenAddress> address = parse_listen_address(text);
    if (!address) return address.error();
    ports += (ports.empty() ? "" : ",") + address->civetweb;
    all += (all.empty() ? "" : ", ") + text;
    wanted.push_back(*std::move(address));
  }
  if (const Result<void> started = start_civetweb(ports); !started)
    return Error{.code = started.error().code,
                 .message = "cannot listen on " + all + ": " + started.error().message};
  learn_addresses(wanted);
  return {};
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

const std::vector<std::string>& Server::addresses() const { return impl_->addresses(); }

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Controller& controller,
                                              std::vector<Finding> preflight) {
  if (!options.telemetry_path.starts_with('/'))
    return Error{.code = EINVAL,
                 .message = "the telemetry path must begin with /: " + options.telemetry_path};
  const std::vector<std::string> addresses = options.listen_addresses;
  auto impl = std::make_unique<Impl>(std::move(options), controller, std::move(preflight));
  if (Result<void> listening = impl->listen(addresses); !listening) return listening.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

}  // namespace packetdrop
